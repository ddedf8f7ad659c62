#!/bin/sh
# Makes an authority of this deployment's own and the certificates that it signs. Run again it keeps what is valid for another 30 days, and
# whatever certificate was put in the place of one of its own.
#
#   sudo deploy/certificates.sh [folder] [host ...]
#
# folder   default deploy/certificates
# host     the names under which people reach the proxy; default localhost
#
# As root it gives each key to the user of the container that reads it; as anybody else it leaves them to that user, and says so.
set -eu
umask 077

folder=${1:-$(dirname "$0")/certificates}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- localhost

authority_days=3650
days=397
month=2592000

mkdir -p "$folder/authority" "$folder/ca"
# Containers reach what is theirs through these; the keys themselves stay closed.
chmod 755 "$folder" "$folder/ca"

key() { openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1"; }

if [ ! -f "$folder/authority/ca.key" ]; then
  key "$folder/authority/ca.key"
  openssl req -x509 -new -key "$folder/authority/ca.key" -sha256 -days "$authority_days" -subj '/O=Vaka/CN=Vaka authority' \
    -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$folder/ca/ca.crt"
  chmod 444 "$folder/ca/ca.crt"
fi

# certificate <name> <common name> <usage> <user id> <subjectAltName>
certificate() {
  name=$1 common=$2 usage=$3 owner=$4 names=$5
  place=$folder/$name
  mkdir -p "$place"
  chmod 755 "$place"
  if [ ! -f "$place/tls.crt" ] || ! openssl x509 -in "$place/tls.crt" -noout -checkend "$month" > /dev/null; then
    rm -f "$place/tls.key" "$place/tls.crt"
    key "$place/tls.key"
    request=$(mktemp)
    settings=$(mktemp)
    printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$usage" "$names" > "$settings"
    openssl req -new -key "$place/tls.key" -sha256 -subj "/O=Vaka/CN=$common" -out "$request"
    openssl x509 -req -in "$request" -CA "$folder/ca/ca.crt" -CAkey "$folder/authority/ca.key" -sha256 -days "$days" -extfile "$settings" -out "$place/tls.crt" 2> /dev/null
    rm -f "$request" "$settings"
    chmod 444 "$place/tls.crt"
    chmod 400 "$place/tls.key"
  fi
  [ "$(id -u)" -ne 0 ] || chown "$owner:$owner" "$place/tls.key"
}

# The nodes know one another by a common name that is the same for all, and are clients of one another.
for node in 1 2 3; do certificate "events-$node" eventstoredb-node serverAuth,clientAuth 1000 "DNS:events-$node,DNS:localhost,IP:127.0.0.1"; done
certificate postgres postgres serverAuth 999 'DNS:postgres,DNS:localhost,IP:127.0.0.1'
hosts=
for host in "$@"; do hosts="${hosts:+$hosts,}DNS:$host"; done
certificate proxy "$1" serverAuth 99 "$hosts"
# Where a certificate is signed by somebody else, the chain follows it in tls.crt.
rm -f "$folder/proxy/tls.pem"
cat "$folder/proxy/tls.crt" "$folder/proxy/tls.key" > "$folder/proxy/tls.pem"
chmod 400 "$folder/proxy/tls.pem"
[ "$(id -u)" -ne 0 ] || chown 99:99 "$folder/proxy/tls.pem"

[ "$(id -u)" -eq 0 ] || echo 'Not run as root: the keys belong to you, and containers that run as other users cannot read them.' >&2
