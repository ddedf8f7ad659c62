#!/bin/sh
# Makes the secrets that are not there yet, one file each. Run again it changes none.
#
#   sudo deploy/secrets.sh [folder]     default deploy/secrets
#
# As root it gives each file to the user of the container that reads it. Take a copy of master_key to where the back-ups of the keys are not.
set -eu
umask 077

folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 755 "$folder"

# secret <name> <user id> <value>
secret() {
  [ -f "$folder/$1" ] || printf '%s' "$3" > "$folder/$1"
  chmod 400 "$folder/$1"
  [ "$(id -u)" -ne 0 ] || chown "$2:$2" "$folder/$1"
}
password() { openssl rand -hex 24; }
of() { cat "$folder/$1"; }

vaka=1000 events=1000 postgres=999 grafana=472

secret master_key "$vaka" "$(openssl rand -base64 32)"
secret events_admin_password "$events" "$(password)"
secret events_ops_password "$events" "$(password)"
secret events_vaka_password "$vaka" "$(password)"
secret events_url "$vaka" "esdb://vaka:$(of events_vaka_password)@events-1:2113,events-2:2113,events-3:2113?tls=true&tlsCaFile=/certificates/ca/ca.crt"

secret postgres_password "$postgres" "$(password)"
for process in api projector; do
  secret "postgres_${process}_password" "$postgres" "$(password)"
  for store in read keys; do
    secret "${store}_url_$process" "$vaka" "postgres://vaka_$process:$(of "postgres_${process}_password")@postgres:5432/vaka_$store?sslmode=verify-full&sslrootcert=/certificates/ca/ca.crt"
  done
done

# Empty: no mail is sent. Put smtps://user:password@host in it, and set VAKA_MAIL_FROM and VAKA_PUBLIC_URL.
secret smtp_url "$vaka" ''
secret grafana_admin_password "$grafana" "$(password)"

[ "$(id -u)" -eq 0 ] || echo 'Not run as root: the secrets belong to you, and containers that run as other users cannot read them.' >&2
