curl --silent --show-error "${GATEWAY:-http://127.0.0.1:4000/graphql}" \
  --header 'content-type: application/json' \
  --header "authorization: Bearer ${TOKEN:-any}" \
  --data '{
    "query": "mutation ($input: CreateToolInput!) { createTool(input: $input) { ... on CreateToolPayload { tool { id } } ... on UserError { code message path } } }",
    "variables": {
      "input": { "project": "UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw", "name": "Weather", "config": { "url": "https://weather.example/mcp" } }
    }
  }'
