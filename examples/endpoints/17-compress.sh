#!/bin/sh
# A text in fewer tokens, with real counts, and back again.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/synthlang/compress" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"text": "[{\"id\": 1, \"state\": \"open\"}, {\"id\": 2, \"state\": \"open\"}]"}'
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/synthlang/compress" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"text": "This is repeated. This is repeated. This is repeated. This is repeated.", "use_gzip": true}'
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/synthlang/decompress" \
  -H "authorization: Bearer $SYNTHLANG_API_KEY" -H 'content-type: application/json' \
  -d '{"text": "[{\"id\":1}]"}'
