#!/bin/sh
# What may be asked for with this key.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/v1/models" -H "authorization: Bearer $SYNTHLANG_API_KEY"
