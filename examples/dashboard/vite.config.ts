import { defineConfig } from 'vite';

// The page and the gateway have one origin, so CORS_ORIGINS is not needed.
const { origin: target } = new URL(process.env.GATEWAY ?? 'http://127.0.0.1:4000');
const proxy = { '/graphql': { target, ws: true } };

export default defineConfig({ server: { proxy }, preview: { proxy } });
