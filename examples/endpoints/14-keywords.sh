#!/bin/sh
# A keyword pattern is made, listed, changed and taken away. This takes an admin’s key.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/keywords/patterns" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{
    "name": "example_sums",
    "pattern": "sum up (?P<expression>[-+0-9 ]+)",
    "tool": "calculator",
    "description": "Sums.",
    "priority": 85
  }'
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/keywords/patterns" -H "authorization: Bearer $SYNTHLANG_API_KEY"
curl -fsS -w '\n' -X PUT "$SYNTHLANG_ENDPOINT/v1/keywords/patterns/example_sums" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"priority": 90, "enabled": false}'
curl -fsS -w '\n' -X DELETE "$SYNTHLANG_ENDPOINT/v1/keywords/patterns/example_sums" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY"
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/keywords/settings" -H "authorization: Bearer $SYNTHLANG_API_KEY"
