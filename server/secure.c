// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One certificate for one server: the administrator's files win over the box's own.
#include "server/secure.h"

#include "server/tls/issue.h"

// 8443 beside 8080, 443 beside 80.
#define PORT_DISTANCE 363

struct _ServerSecure {
    TlsKeep *keep; // (owned) (nullable)
};

static TlsKeep *
renew(const char *folder, gint64 now_ms, GError **error)
{
    g_autoptr(TlsNames) none = tls_names_new();
    g_autoptr(TlsNames) machine = tls_names_new();
    tls_names_add_machine(machine);
    TlsKeepOrder order = {
        .folder = folder,
        .names = none,
        .wishes = machine,
        .now_ms = now_ms,
        .days = TLS_ISSUE_DAYS_MAX - 1,
    };
    return tls_keep_ensure(&order, NULL, error);
}

static TlsKeep *
load(ServerStorage *storage, ServerClock *clock)
{
    g_autofree char *folder = server_storage_build_tls_path(storage);
    g_autoptr(GError) error = NULL;
    g_autoptr(TlsKeep) keep = tls_keep_load(folder, &error);
    if (keep == NULL) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
            g_warning("HTTPS is off: %s", error->message);
        return NULL;
    }
    TlsKeep *fresh = renew(folder, server_clock_now_ms(clock), &error);
    if (fresh != NULL)
        return fresh;
    g_warning("the certificate could not be renewed: %s", error->message);
    return g_steal_pointer(&keep);
}

ServerSecure *
server_secure_new(const ServerConfig *config, ServerStorage *storage, ServerClock *clock)
{
    ServerSecure *secure = g_new0(ServerSecure, 1);
    if (config->tls_certificate == NULL)
        secure->keep = load(storage, clock);
    return secure;
}

const TlsKeep *
server_secure_get_keep(const ServerSecure *secure)
{
    return secure->keep;
}

void
server_secure_fill(const ServerSecure *secure, const ServerConfig *config, HttpServerConfig *http)
{
    http->certificate_file = config->tls_certificate;
    http->key_file = config->tls_key;
    http->secure_address = config->secure_address;
    http->secure_port = config->secure_port;
    if (config->tls_certificate != NULL)
        return;
    gboolean fits = config->listen_port <= G_MAXUINT16 - PORT_DISTANCE;
    if (secure->keep == NULL || config->secure_off || (http->secure_address == NULL && !fits)) {
        http->secure_address = NULL;
        return;
    }
    http->certificate_file = secure->keep->server_path;
    if (http->secure_address != NULL)
        return;
    http->secure_address = config->listen_address;
    http->secure_port =
        config->listen_port == 0 ? 0 : (guint16)(config->listen_port + PORT_DISTANCE);
}

void
server_secure_free(ServerSecure *secure)
{
    g_clear_pointer(&secure->keep, tls_keep_free);
    g_free(secure);
}
