export const USAGE = `Usage: gateway [command]

  serve        listen and answer (default); without settings, on embedded sandbox upstreams
  doctor       check the settings, both upstreams and Redis, and say what to fix
  schema       print the GraphQL schema
  id <id>      show what a global id stands for

  -h, --help     show this
  -v, --version  show the version
`;
