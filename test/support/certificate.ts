/**
 * A key and a self-signed certificate for localhost and 127.0.0.1, valid until 2126, for servers of tests that speak TLS.
 * Nothing trusts it. Made by: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 * -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1
 */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoYPkKZLyLnvGq2SN
OMJhP8rwKUmEJLgjdFJ7lye9X52hRANCAAR12sqFNXVFEAQXWlimehTqYlbq3kgX
3FrOEzbJlFFLWyp7ziMb5BlazQIELUWynU+tLFpybH+jH+b9i6Lb1WmX
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUDkyq/bseNkN7tUKDYnEBw2vuIgUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjAyMTM0MVoYDzIxMjYxMTAy
MDIxMzQxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR12sqFNXVFEAQXWlimehTqYlbq3kgX3FrOEzbJlFFLWyp7ziMb5Bla
zQIELUWynU+tLFpybH+jH+b9i6Lb1WmXo28wbTAdBgNVHQ4EFgQU6y+m5mrE+KMc
mscP05qeZdeQCP4wHwYDVR0jBBgwFoAU6y+m5mrE+KMcmscP05qeZdeQCP4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAN6gd/w/7EZez8e+FfsrMtEdVpLQC9YbdTpwEQ/WMIFOAiBZ
dE0P4NQM2LKStB9xuU2zerYusXLx/V3JZTLbj7a1OA==
-----END CERTIFICATE-----
`,
};
