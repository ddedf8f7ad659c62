#!/bin/sh
# Vaka reads its secrets from variables. Where NAME_FILE names a file, its content becomes NAME, so that no secret stands in what describes the
# container; then the program takes this shell's place, and hears the signals itself.
set -eu
for name in VAKA_MASTER_KEY EVENTS_URL READ_URL KEYS_URL VAKA_SMTP_URL VAKA_WEBHOOK_SECRET; do
  eval "file=\${${name}_FILE:-}"
  [ -n "$file" ] || continue
  value=$(cat "$file")
  export "$name=$value"
  unset "${name}_FILE"
done
exec "$@"
