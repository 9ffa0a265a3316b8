#!/bin/sh
# Whether the gateway is well. This needs no key.
set -eu
: "${SYNTHLANG_ENDPOINT:=http://127.0.0.1:8000}"

curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/health"
curl -fsS -w '\n' "$SYNTHLANG_ENDPOINT/health/readiness"
