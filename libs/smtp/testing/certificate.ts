/**
 * A certificate for `localhost` and 127.0.0.1 with its key, signed by itself and valid until 2126: for servers of specs, and trusted by nobody
 * who is not told to. It protects nothing.
 */
export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKt4yVtqN6Z4qPu1Y
cpf3Gnfpd61oLA+qSZgFwJGYU2uhRANCAAQQzVRZntnyn3p4SlwJyAaCeqm00gSI
yvWwBEC1BVw/b5V2GhvNPFeem7TYQldp455gfKpjhTt8YwXLHEZBj5Wi
-----END PRIVATE KEY-----
`
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUbzp7NBV/HTzEBFrxHvLcsXYgl0wwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjE4MjcxNVoYDzIxMjYxMTAy
MTgyNzE1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQQzVRZntnyn3p4SlwJyAaCeqm00gSIyvWwBEC1BVw/b5V2GhvNPFee
m7TYQldp455gfKpjhTt8YwXLHEZBj5Wio28wbTAdBgNVHQ4EFgQUTXaFFtfyPjpS
iYiy+DOWwGJ7ht0wHwYDVR0jBBgwFoAUTXaFFtfyPjpSiYiy+DOWwGJ7ht0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgWp1pxvHnR7LSdK24HxPM87gXhhuA0lxdnl+Bp6wwqgcCIQC7
TzZIxeVrgygdYcSOBUj3Vt9lVxTVL0PDgRpLplMkyw==
-----END CERTIFICATE-----
`
