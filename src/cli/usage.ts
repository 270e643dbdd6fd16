export const USAGE = `Usage: gateway [command]

  serve                  start the gateway (default); without settings, on embedded sandbox upstreams
  doctor                 check the settings, both upstreams and Redis, and suggest fixes
  config                 print the effective settings, without secrets
  schema                 print the GraphQL schema
  schema --check <old>   list the changes since a schema file or a Git commit; exit code 1 if one is breaking
  cost <file>            print the cost of each operation of a file
  id <id>                decode a global id

  -h, --help             show this
  -v, --version          show the version
`;
