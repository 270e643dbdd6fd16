export const USAGE = `Usage: gateway [command]

  serve        start the gateway (default); without settings, on embedded sandbox upstreams
  doctor       check the settings, both upstreams and Redis, and suggest fixes
  schema       print the GraphQL schema
  cost <file>  print the cost of each operation of a file
  id <id>      decode a global id

  -h, --help     show this
  -v, --version  show the version
`;
