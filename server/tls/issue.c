// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The authority's name constraints are not marked critical: whoever understands them obeys, and an
// old system that does not understand them still takes the certificate.
#include "server/tls/issue.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#define DAY_S ((gint64)24 * 3600)
#define AUTHORITY_DAYS 3650
#define SERIAL_BYTES 16
#define COMMON_NAME_BYTES_MAX 64

typedef struct gnutls_x509_crt_int CrtInt;
typedef struct gnutls_x509_privkey_int KeyInt;
typedef struct gnutls_name_constraints_st ConstraintsInt;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CrtInt, gnutls_x509_crt_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyInt, gnutls_x509_privkey_deinit)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConstraintsInt, gnutls_x509_name_constraints_deinit)

// What the authority may sign for, whatever the box is called later.
static const char *const ranges[] = {
    "10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
    "100.64.0.0/10", "127.0.0.0/8",   "::1/128",        "fc00::/7",
};
static const char *const domains[] = {"local", "localhost"};

void
tls_issue_pair_free(TlsIssuePair *pair)
{
    if (pair->key != NULL)
        gnutls_memset(pair->key, 0, strlen(pair->key));
    g_free(pair->certificate);
    g_free(pair->key);
    g_free(pair);
}

// TRUE when @code is none of GnuTLS's errors.
static gboolean
check(int code, GError **error)
{
    if (code >= 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "making a certificate: %s",
                gnutls_strerror(code));
    return FALSE;
}

static KeyInt *
make_key(GError **error)
{
    g_autoptr(KeyInt) key = NULL;
    if (!check(gnutls_x509_privkey_init(&key), error) ||
        !check(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                            GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
               error))
        return NULL;
    return g_steal_pointer(&key);
}

// What both kinds have: version, serial, life, key and its identifier.
static CrtInt *
begin_certificate(gnutls_x509_privkey_t key, gint64 from_s, gint64 until_s, GError **error)
{
    g_autoptr(CrtInt) crt = NULL;
    guint8 serial[SERIAL_BYTES];
    guint8 id[64];
    size_t id_bytes = sizeof id;
    if (!check(gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial), error))
        return NULL;
    serial[0] = (guint8)((serial[0] & 0x7f) | 0x40); // positive, and always of the same length
    gboolean good = check(gnutls_x509_crt_init(&crt), error) &&
                    check(gnutls_x509_crt_set_version(crt, 3), error) &&
                    check(gnutls_x509_crt_set_serial(crt, serial, sizeof serial), error) &&
                    check(gnutls_x509_crt_set_activation_time(crt, from_s), error) &&
                    check(gnutls_x509_crt_set_expiration_time(crt, until_s), error) &&
                    check(gnutls_x509_crt_set_key(crt, key), error) &&
                    check(gnutls_x509_crt_get_key_id(crt, 0, id, &id_bytes), error) &&
                    check(gnutls_x509_crt_set_subject_key_id(crt, id, MIN(id_bytes, 20)), error);
    return good ? g_steal_pointer(&crt) : NULL;
}

static gboolean
set_common_name(gnutls_x509_crt_t crt, const char *name, GError **error)
{
    return check(gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                               (unsigned)MIN(strlen(name), COMMON_NAME_BYTES_MAX)),
                 error);
}

static gboolean
permit_host(gnutls_x509_name_constraints_t constraints, const char *host, GError **error)
{
    gnutls_datum_t name = {(guint8 *)host, (unsigned)strlen(host)};
    return check(gnutls_x509_name_constraints_add_permitted(constraints, GNUTLS_SAN_DNSNAME, &name),
                 error);
}

static gboolean
permit_range(gnutls_x509_name_constraints_t constraints, const char *range, GError **error)
{
    gnutls_datum_t bytes = {NULL, 0};
    if (!check(gnutls_x509_cidr_to_rfc5280(range, &bytes), error))
        return FALSE;
    int code =
        gnutls_x509_name_constraints_add_permitted(constraints, GNUTLS_SAN_IPADDRESS, &bytes);
    gnutls_free(bytes.data);
    return check(code, error);
}

static gboolean
is_permitted(gnutls_x509_name_constraints_t constraints, GInetAddress *address)
{
    gnutls_datum_t bytes = {(guint8 *)g_inet_address_to_bytes(address),
                            (unsigned)g_inet_address_get_native_size(address)};
    return gnutls_x509_name_constraints_check(constraints, GNUTLS_SAN_IPADDRESS, &bytes) != 0;
}

static gboolean
permit_names(gnutls_x509_name_constraints_t constraints, const TlsNames *names, GError **error)
{
    for (guint i = 0; i < names->hosts->len; i++) {
        if (!permit_host(constraints, names->hosts->pdata[i], error))
            return FALSE;
    }
    for (guint i = 0; i < names->addresses->len; i++) {
        GInetAddress *address = names->addresses->pdata[i];
        g_autofree char *text = g_inet_address_to_string(address);
        guint bits = (guint)g_inet_address_get_native_size(address) * 8;
        g_autofree char *range = g_strdup_printf("%s/%u", text, bits);
        if (!is_permitted(constraints, address) && !permit_range(constraints, range, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
set_constraints(gnutls_x509_crt_t crt, const TlsNames *names, GError **error)
{
    g_autoptr(ConstraintsInt) constraints = NULL;
    if (!check(gnutls_x509_name_constraints_init(&constraints), error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(domains); i++) {
        if (!permit_host(constraints, domains[i], error))
            return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(ranges); i++) {
        if (!permit_range(constraints, ranges[i], error))
            return FALSE;
    }
    return permit_names(constraints, names, error) &&
           check(gnutls_x509_crt_set_name_constraints(crt, constraints, 0), error);
}

static TlsIssuePair *
export_pair(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, GError **error)
{
    gnutls_datum_t crt_text = {NULL, 0}, key_text = {NULL, 0};
    TlsIssuePair *pair = NULL;
    if (check(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &crt_text), error) &&
        check(gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
                                                &key_text),
              error)) {
        pair = g_new0(TlsIssuePair, 1);
        pair->certificate = g_strndup((const char *)crt_text.data, crt_text.size);
        pair->key = g_strndup((const char *)key_text.data, key_text.size);
        gnutls_memset(key_text.data, 0, key_text.size);
    }
    gnutls_free(crt_text.data);
    gnutls_free(key_text.data);
    return pair;
}

TlsIssuePair *
tls_issue_make_authority(const char *title, const TlsNames *names, gint64 now_ms, GError **error)
{
    gint64 now_s = now_ms / 1000;
    g_autoptr(KeyInt) key = make_key(error);
    g_autoptr(CrtInt) crt =
        key != NULL ? begin_certificate(key, now_s - DAY_S, now_s + AUTHORITY_DAYS * DAY_S, error)
                    : NULL;
    if (crt == NULL || !set_common_name(crt, title, error) ||
        !check(gnutls_x509_crt_set_basic_constraints(crt, 1, 0), error) ||
        !check(gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN),
               error) ||
        !set_constraints(crt, names, error) ||
        !check(gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0), error))
        return NULL;
    return export_pair(crt, key, error);
}

static gboolean
import_pair(const TlsIssuePair *pair, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key,
            GError **error)
{
    gnutls_datum_t crt_text = {(guint8 *)pair->certificate, (unsigned)strlen(pair->certificate)};
    gnutls_datum_t key_text = {(guint8 *)pair->key, (unsigned)strlen(pair->key)};
    return check(gnutls_x509_crt_import(crt, &crt_text, GNUTLS_X509_FMT_PEM), error) &&
           check(gnutls_x509_privkey_import2(key, &key_text, GNUTLS_X509_FMT_PEM, NULL, 0), error);
}

static gboolean
refuse_name(const char *name, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "the authority made earlier may not sign for %s; with --new-authority a new one is "
                "made, which every device must trust anew",
                name);
    return FALSE;
}

static ConstraintsInt *
read_constraints(gnutls_x509_crt_t authority, GError **error)
{
    g_autoptr(ConstraintsInt) constraints = NULL;
    unsigned critical = 0;
    if (!check(gnutls_x509_name_constraints_init(&constraints), error) ||
        !check(gnutls_x509_crt_get_name_constraints(authority, constraints, 0, &critical), error))
        return NULL;
    return g_steal_pointer(&constraints);
}

static gboolean
is_permitted_host(gnutls_x509_name_constraints_t constraints, const char *host)
{
    gnutls_datum_t name = {(guint8 *)host, (unsigned)strlen(host)};
    return gnutls_x509_name_constraints_check(constraints, GNUTLS_SAN_DNSNAME, &name) != 0;
}

static gboolean
check_permitted(gnutls_x509_crt_t authority, const TlsNames *names, GError **error)
{
    g_autoptr(ConstraintsInt) constraints = read_constraints(authority, error);
    if (constraints == NULL)
        return FALSE;
    for (guint i = 0; i < names->hosts->len; i++) {
        if (!is_permitted_host(constraints, names->hosts->pdata[i]))
            return refuse_name(names->hosts->pdata[i], error);
    }
    for (guint i = 0; i < names->addresses->len; i++) {
        g_autofree char *text = g_inet_address_to_string(names->addresses->pdata[i]);
        if (!is_permitted(constraints, names->addresses->pdata[i]))
            return refuse_name(text, error);
    }
    return TRUE;
}

TlsNames *
tls_issue_narrow(const char *authority, const TlsNames *names, GError **error)
{
    gnutls_datum_t text = {(guint8 *)authority, (unsigned)strlen(authority)};
    g_autoptr(CrtInt) crt = NULL;
    g_autoptr(TlsNames) narrow = tls_names_new();
    if (!check(gnutls_x509_crt_init(&crt), error) ||
        !check(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), error))
        return NULL;
    g_autoptr(ConstraintsInt) constraints = read_constraints(crt, error);
    if (constraints == NULL)
        return NULL;
    for (guint i = 0; i < names->hosts->len; i++) {
        if (is_permitted_host(constraints, names->hosts->pdata[i]))
            tls_names_add(narrow, names->hosts->pdata[i], NULL);
    }
    for (guint i = 0; i < names->addresses->len; i++) {
        g_autofree char *address = g_inet_address_to_string(names->addresses->pdata[i]);
        if (is_permitted(constraints, names->addresses->pdata[i]))
            tls_names_add(narrow, address, NULL);
    }
    return g_steal_pointer(&narrow);
}

static gboolean
set_names(gnutls_x509_crt_t crt, const TlsNames *names, GError **error)
{
    for (guint i = 0; i < names->hosts->len; i++) {
        const char *host = names->hosts->pdata[i];
        if (!check(gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host,
                                                        (unsigned)strlen(host), GNUTLS_FSAN_APPEND),
                   error))
            return FALSE;
    }
    for (guint i = 0; i < names->addresses->len; i++) {
        GInetAddress *address = names->addresses->pdata[i];
        if (!check(gnutls_x509_crt_set_subject_alt_name(
                       crt, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes(address),
                       (unsigned)g_inet_address_get_native_size(address), GNUTLS_FSAN_APPEND),
                   error))
            return FALSE;
    }
    return TRUE;
}

// Says what a browser would say: does the chain hold? Asked of the text, as others will read it.
static gboolean
verify(const char *certificate, gnutls_x509_crt_t authority, GError **error)
{
    gnutls_datum_t text = {(guint8 *)certificate, (unsigned)strlen(certificate)};
    g_autoptr(CrtInt) crt = NULL;
    unsigned status = 0;
    if (!check(gnutls_x509_crt_init(&crt), error) ||
        !check(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), error) ||
        !check(gnutls_x509_crt_list_verify(&crt, 1, &authority, 1, NULL, 0,
                                           GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status),
               error))
        return FALSE;
    if (status == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the new certificate does not verify (%#x)",
                status);
    return FALSE;
}

static gboolean
fill_server(gnutls_x509_crt_t crt, gnutls_x509_crt_t authority, const TlsNames *names,
            GError **error)
{
    guint8 id[64];
    size_t id_bytes = sizeof id;
    unsigned critical = 0;
    g_autofree char *first = names->hosts->len > 0
                                 ? g_strdup(names->hosts->pdata[0])
                                 : g_inet_address_to_string(names->addresses->pdata[0]);
    return set_common_name(crt, first, error) &&
           check(gnutls_x509_crt_set_basic_constraints(crt, 0, -1), error) &&
           check(gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE), error) &&
           check(gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0), error) &&
           check(gnutls_x509_crt_get_subject_key_id(authority, id, &id_bytes, &critical), error) &&
           check(gnutls_x509_crt_set_authority_key_id(crt, id, id_bytes), error) &&
           set_names(crt, names, error);
}

TlsIssuePair *
tls_issue_make_server(const TlsIssuePair *authority, const TlsNames *names, gint64 now_ms,
                      guint days, GError **error)
{
    g_autoptr(CrtInt) signer = NULL;
    g_autoptr(KeyInt) signer_key = NULL;
    gint64 now_s = now_ms / 1000;
    g_return_val_if_fail(days > 0 && days < TLS_ISSUE_DAYS_MAX, NULL);
    g_return_val_if_fail(names->hosts->len + names->addresses->len > 0, NULL);
    if (!check(gnutls_x509_crt_init(&signer), error) ||
        !check(gnutls_x509_privkey_init(&signer_key), error) ||
        !import_pair(authority, signer, signer_key, error) ||
        !check_permitted(signer, names, error))
        return NULL;
    gint64 until_s = MIN(now_s + days * DAY_S, (gint64)gnutls_x509_crt_get_expiration_time(signer));
    g_autoptr(KeyInt) key = make_key(error);
    g_autoptr(CrtInt) crt =
        key != NULL ? begin_certificate(key, now_s - DAY_S, until_s - 1, error) : NULL;
    if (crt == NULL || !fill_server(crt, signer, names, error) ||
        !check(gnutls_x509_crt_sign2(crt, signer, signer_key, GNUTLS_DIG_SHA256, 0), error))
        return NULL;
    g_autoptr(TlsIssuePair) pair = export_pair(crt, key, error);
    return pair != NULL && verify(pair->certificate, signer, error) ? g_steal_pointer(&pair) : NULL;
}
