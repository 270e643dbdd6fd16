import { defineConfig } from 'vite';

// The page and the gateway have one origin, so CORS_ORIGINS is not needed.
const proxy = { '/graphql': { target: process.env.GATEWAY ?? 'http://127.0.0.1:4000', ws: true } };

export default defineConfig({ server: { proxy }, preview: { proxy } });
