curl --silent --show-error "${GATEWAY:-http://127.0.0.1:4000/graphql}" \
  --header 'content-type: application/json' \
  --header "authorization: Bearer ${TOKEN:-any}" \
  --data '{
    "query": "query Tools($projectId: String!) { project(projectId: $projectId) { tools { nodes { name } } } }",
    "variables": { "projectId": "support-desk" }
  }'
