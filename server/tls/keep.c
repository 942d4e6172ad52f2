// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// authority.crt and authority.key never change; server.pem is replaced by rename. A new folder is
// filled beside its place as `tls.making` and renamed when it is whole; what a kill left there is
// swept away by the next run.
#include "server/tls/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "server/tls/issue.h"

#define DAY_MS ((gint64)24 * 3600 * 1000)
#define AUTHORITY_CERTIFICATE "authority.crt"
#define AUTHORITY_KEY "authority.key"
#define SERVER "server.pem"
#define PART "server.pem.part"

typedef struct gnutls_x509_crt_int CrtInt;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CrtInt, gnutls_x509_crt_deinit)

void
tls_keep_free(TlsKeep *keep)
{
    g_free(keep->server_path);
    g_clear_pointer(&keep->authority, g_bytes_unref);
    g_free(keep->authority_name);
    g_free(keep->fingerprint);
    g_clear_pointer(&keep->names, tls_names_free);
    g_free(keep);
}

static gboolean
set_errno_error(const char *path, int code, GError **error)
{
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", path, g_strerror(code));
    return FALSE;
}

static char *
read_text(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) local = NULL;
    char *text = NULL;
    if (g_file_get_contents(path, &text, NULL, &local))
        return text;
    gboolean missing = g_error_matches(local, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error_literal(error, G_IO_ERROR, missing ? G_IO_ERROR_NOT_FOUND : G_IO_ERROR_FAILED,
                        local->message);
    return NULL;
}

static CrtInt *
parse_certificate(const char *text, const char *name, GError **error)
{
    gnutls_datum_t datum = {(guint8 *)text, (unsigned)strlen(text)};
    g_autoptr(CrtInt) crt = NULL;
    int code = gnutls_x509_crt_init(&crt);
    if (code >= 0)
        code = gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM);
    if (code >= 0)
        return g_steal_pointer(&crt);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s is no certificate: %s", name,
                gnutls_strerror(code));
    return NULL;
}

static void
read_name(TlsNames *names, int kind, const char *value, size_t bytes)
{
    if (kind == GNUTLS_SAN_DNSNAME) {
        tls_names_add(names, value, NULL);
    } else if (kind == GNUTLS_SAN_IPADDRESS && (bytes == 4 || bytes == 16)) {
        g_autoptr(GInetAddress) address = g_inet_address_new_from_bytes(
            (const guint8 *)value, bytes == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
        g_autofree char *text = g_inet_address_to_string(address);
        tls_names_add(names, text, NULL);
    }
}

static TlsNames *
read_names(gnutls_x509_crt_t crt)
{
    TlsNames *names = tls_names_new();
    for (guint i = 0; i < TLS_NAMES_MAX; i++) {
        char value[256] = "";
        size_t bytes = sizeof value - 1;
        int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, value, &bytes, NULL);
        if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        read_name(names, kind, value, bytes);
    }
    return names;
}

static char *
make_fingerprint(GBytes *der)
{
    g_autofree char *hex = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, der);
    GString *text = g_string_new(NULL);
    for (guint i = 0; hex[i] != '\0'; i += 2)
        g_string_append_printf(text, "%s%c%c", i == 0 ? "" : ":", g_ascii_toupper(hex[i]),
                               g_ascii_toupper(hex[i + 1]));
    return g_string_free(text, FALSE);
}

static gboolean
describe_authority(TlsKeep *keep, gnutls_x509_crt_t crt, GError **error)
{
    char name[256] = "";
    size_t bytes = sizeof name;
    gnutls_datum_t der = {NULL, 0};
    int code = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
    if (code >= 0)
        code = gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &bytes);
    if (code < 0) {
        gnutls_free(der.data);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, AUTHORITY_CERTIFICATE ": %s",
                    gnutls_strerror(code));
        return FALSE;
    }
    keep->authority = g_bytes_new(der.data, der.size);
    gnutls_free(der.data);
    keep->authority_name = g_utf8_make_valid(name, -1);
    keep->authority_until_ms = (gint64)gnutls_x509_crt_get_expiration_time(crt) * 1000;
    keep->fingerprint = make_fingerprint(keep->authority);
    return TRUE;
}

TlsKeep *
tls_keep_load(const char *folder, GError **error)
{
    g_autofree char *authority_text = read_text(folder, AUTHORITY_CERTIFICATE, error);
    g_autofree char *server_text = authority_text != NULL ? read_text(folder, SERVER, error) : NULL;
    if (server_text == NULL)
        return NULL;
    g_autoptr(CrtInt) authority = parse_certificate(authority_text, AUTHORITY_CERTIFICATE, error);
    g_autoptr(CrtInt) server =
        authority != NULL ? parse_certificate(server_text, SERVER, error) : NULL;
    g_autoptr(TlsKeep) keep = g_new0(TlsKeep, 1);
    if (server == NULL || !describe_authority(keep, authority, error))
        return NULL;
    keep->server_path = g_build_filename(folder, SERVER, NULL);
    keep->names = read_names(server);
    keep->until_ms = (gint64)gnutls_x509_crt_get_expiration_time(server) * 1000;
    return g_steal_pointer(&keep);
}

static gboolean
sync_folder(const char *path, GError **error)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = descriptor < 0 || fsync(descriptor) != 0 ? errno : 0;
    if (descriptor >= 0)
        close(descriptor);
    return code == 0 || set_errno_error(path, code, error);
}

// Mode 0600 from the first byte on; on the disk when it returns.
static gboolean
write_file(const char *folder, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_unlink(path) != 0 && errno != ENOENT)
        return set_errno_error(path, errno, error);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return set_errno_error(path, errno, error);
    gsize bytes = strlen(text);
    int code = 0;
    while (bytes > 0 && code == 0) {
        gssize written = write(descriptor, text, bytes);
        if (written < 0) {
            code = errno == EINTR ? 0 : errno;
            continue;
        }
        text += written;
        bytes -= (gsize)written;
    }
    if (code == 0 && fsync(descriptor) != 0)
        code = errno;
    if (close(descriptor) != 0 && code == 0)
        code = errno;
    return code == 0 || set_errno_error(path, code, error);
}

static char *
join_server(const TlsIssuePair *authority, const TlsIssuePair *server)
{
    return g_strconcat(server->key, server->certificate, authority->certificate, NULL);
}

static gboolean
rename_path(const char *from, const char *to, GError **error)
{
    return g_rename(from, to) == 0 || set_errno_error(to, errno, error);
}

static gboolean
sweep(const char *folder, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    if (entries == NULL)
        return TRUE;
    for (const char *name = g_dir_read_name(entries); name != NULL;
         name = g_dir_read_name(entries)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_unlink(path) != 0)
            return set_errno_error(path, errno, error);
    }
    return g_rmdir(folder) == 0 || set_errno_error(folder, errno, error);
}

static char *
make_title(const TlsKeepOrder *order)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(order->now_ms / 1000);
    g_autofree char *day = g_date_time_format(now, "%Y-%m-%d");
    const GPtrArray *hosts =
        order->names->hosts->len > 0 ? order->names->hosts : order->wishes->hosts;
    const char *host = hosts->len > 0 ? hosts->pdata[0] : "";
    return g_strdup_printf("Daorian %s %.32s", day, host);
}

static gboolean
fill(const char *making, const TlsIssuePair *authority, const TlsIssuePair *server, GError **error)
{
    g_autofree char *joined = join_server(authority, server);
    if (g_mkdir(making, 0700) != 0)
        return set_errno_error(making, errno, error);
    return write_file(making, AUTHORITY_CERTIFICATE, authority->certificate, error) &&
           write_file(making, AUTHORITY_KEY, authority->key, error) &&
           write_file(making, SERVER, joined, error) && sync_folder(making, error);
}

// The old folder, where there is one, is put aside as `tls.<seconds>`: nothing is ever deleted.
static gboolean
put_in_place(const TlsKeepOrder *order, const char *making, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(order->folder);
    g_autofree char *aside =
        g_strdup_printf("%s.%" G_GINT64_FORMAT, order->folder, order->now_ms / 1000);
    if (g_file_test(order->folder, G_FILE_TEST_EXISTS) && !rename_path(order->folder, aside, error))
        return FALSE;
    return rename_path(making, order->folder, error) && sync_folder(parent, error);
}

static gboolean
make_all(const TlsKeepOrder *order, GError **error)
{
    g_autofree char *making = g_strconcat(order->folder, ".making", NULL);
    g_autofree char *title = make_title(order);
    g_autoptr(TlsNames) names = tls_names_new();
    tls_names_add_all(names, order->names);
    tls_names_add_all(names, order->wishes);
    g_autoptr(TlsIssuePair) authority =
        tls_issue_make_authority(title, names, order->now_ms, error);
    g_autoptr(TlsIssuePair) server =
        authority != NULL
            ? tls_issue_make_server(authority, names, order->now_ms, order->days, error)
            : NULL;
    return server != NULL && sweep(making, error) && fill(making, authority, server, error) &&
           put_in_place(order, making, error);
}

static TlsIssuePair *
read_authority(const char *folder, GError **error)
{
    g_autoptr(TlsIssuePair) pair = g_new0(TlsIssuePair, 1);
    pair->certificate = read_text(folder, AUTHORITY_CERTIFICATE, error);
    if (pair->certificate == NULL)
        return NULL;
    pair->key = read_text(folder, AUTHORITY_KEY, error);
    return pair->key != NULL ? g_steal_pointer(&pair) : NULL;
}

static gboolean
replace_server(const TlsKeepOrder *order, const TlsIssuePair *authority, const TlsNames *names,
               GError **error)
{
    g_autoptr(TlsIssuePair) server =
        tls_issue_make_server(authority, names, order->now_ms, order->days, error);
    if (server == NULL)
        return FALSE;
    g_autofree char *joined = join_server(authority, server);
    g_autofree char *part = g_build_filename(order->folder, PART, NULL);
    g_autofree char *path = g_build_filename(order->folder, SERVER, NULL);
    return write_file(order->folder, PART, joined, error) && rename_path(part, path, error) &&
           sync_folder(order->folder, error);
}

static gboolean
is_good(const TlsKeepOrder *order, const TlsKeep *keep, const TlsNames *wishes)
{
    gint64 least_days = MIN(TLS_KEEP_RENEW_DAYS, order->days / 2);
    return tls_names_covers(keep->names, order->names) && tls_names_covers(keep->names, wishes) &&
           keep->until_ms - order->now_ms > least_days * DAY_MS;
}

static gboolean
renew(const TlsKeepOrder *order, const TlsKeep *old, TlsKeepOutcome *outcome, GError **error)
{
    g_autofree char *certificate = read_text(order->folder, AUTHORITY_CERTIFICATE, error);
    g_autoptr(TlsNames) wishes =
        certificate != NULL ? tls_issue_narrow(certificate, order->wishes, error) : NULL;
    if (wishes == NULL)
        return FALSE;
    *outcome = is_good(order, old, wishes) ? TLS_KEEP_UNCHANGED : TLS_KEEP_RENEWED;
    if (*outcome == TLS_KEEP_UNCHANGED)
        return TRUE;
    g_autoptr(TlsIssuePair) authority = read_authority(order->folder, error);
    g_autoptr(TlsNames) names = tls_names_new();
    tls_names_add_all(names, order->names);
    tls_names_add_all(names, wishes);
    tls_names_add_all(names, old->names); // last: when there are too many, old ones go
    return authority != NULL && replace_server(order, authority, names, error);
}

// The lock is held on the data folder itself and ends with the descriptor.
static int
lock_parent(const char *folder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(folder);
    int descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX) == 0)
        return descriptor;
    set_errno_error(parent, errno, error);
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static gboolean
bring_about(const TlsKeepOrder *order, TlsKeepOutcome *outcome, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(TlsKeep) old = tls_keep_load(order->folder, &local);
    if (order->new_authority || g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        *outcome = TLS_KEEP_MADE;
        return make_all(order, error);
    }
    if (old == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return renew(order, old, outcome, error);
}

TlsKeep *
tls_keep_ensure(const TlsKeepOrder *order, TlsKeepOutcome *outcome, GError **error)
{
    int lock = lock_parent(order->folder, error);
    if (lock < 0)
        return NULL;
    TlsKeepOutcome done = TLS_KEEP_UNCHANGED;
    TlsKeep *keep = bring_about(order, &done, error) ? tls_keep_load(order->folder, error) : NULL;
    close(lock);
    if (keep != NULL && outcome != NULL)
        *outcome = done;
    return keep;
}
