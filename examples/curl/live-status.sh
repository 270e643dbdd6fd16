curl --silent --no-buffer --get "${GATEWAY:-http://127.0.0.1:4000/graphql}" \
  --header 'accept: text/event-stream' \
  --header "authorization: Bearer ${TOKEN:-any}" \
  --data-urlencode "variables={\"agent\":\"$AGENT\"}" \
  --data-urlencode 'query=subscription Live($agent: ID!) {
    toolStatus(watch: { agent: $agent }) { tool { name } status }
  }'
