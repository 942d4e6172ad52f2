// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A scheme table and one small grammar for datagrams.
#include "pipelines/intake/address.h"

#include <gio/gio.h>
#include <string.h>

#define SOURCES_MAX 16
#define RTSP_PORT 554

static const struct {
    const char *scheme;     // lower case, with its colon
    IntakeAddressKind kind; // what it leads to
} schemes[] = {
    {"file:", INTAKE_ADDRESS_FILE},   {"udp:", INTAKE_ADDRESS_UDP},    {"rtp:", INTAKE_ADDRESS_RTP},
    {"http:", INTAKE_ADDRESS_HTTP},   {"https:", INTAKE_ADDRESS_HTTP}, {"srt:", INTAKE_ADDRESS_SRT},
    {"satip:", INTAKE_ADDRESS_SATIP}, {"dvb:", INTAKE_ADDRESS_DVB},
};

void
intake_address_free(IntakeAddress *address)
{
    g_free(address->uri);
    g_free(address->path);
    g_free(address->host);
    g_free(address->query);
    g_strfreev(address->sources);
    g_free(address->interface);
    g_free(address->local);
    g_clear_pointer(&address->srt, intake_srt_address_free);
    g_free(address);
}

static gboolean
refuse(const char *what, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s", what);
    return FALSE;
}

static gboolean
is_address(const char *text)
{
    return g_hostname_is_ip_address(text);
}

/* `a,b` to a list, replacing the one before. */
static gboolean
set_sources(IntakeAddress *address, const char *list, GError **error)
{
    g_auto(GStrv) sources = g_strsplit(list, ",", SOURCES_MAX + 1);
    if (g_strv_length(sources) > SOURCES_MAX)
        return refuse("too many sources", error);
    for (guint i = 0; sources[i] != NULL; i++)
        if (!is_address(sources[i]))
            return refuse("a source is an IP address", error);
    g_strfreev(address->sources);
    address->sources = g_steal_pointer(&sources);
    return TRUE;
}

static gboolean
set_option(IntakeAddress *address, const char *name, const char *value, GError **error)
{
    if (strcmp(name, "interface") == 0 || strcmp(name, "iface") == 0) {
        if (*value == '\0' || strlen(value) > 15)
            return refuse("an interface has a name like eth0", error);
        g_free(address->interface);
        address->interface = g_strdup(value);
    } else if (strcmp(name, "localaddr") == 0) {
        if (!is_address(value))
            return refuse("localaddr is an IP address of this machine", error);
        g_free(address->local);
        address->local = g_strdup(value);
    } else if (strcmp(name, "source") == 0 || strcmp(name, "sources") == 0) {
        return set_sources(address, value, error);
    }
    return TRUE; // other programs' options (pkt_size, fifo_size) mean nothing here
}

static gboolean
set_options(IntakeAddress *address, const char *query, GError **error)
{
    g_auto(GStrv) pairs = g_strsplit(query, "&", 32);
    for (guint i = 0; pairs[i] != NULL; i++) {
        char *equals = strchr(pairs[i], '=');
        if (equals == NULL)
            continue;
        *equals = '\0';
        if (!set_option(address, pairs[i], equals + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* `239.1.1.1:5004` or `[ff3e::1]:5004`. */
static gboolean
set_place(IntakeAddress *address, const char *text, GError **error)
{
    guint64 port = 0;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return refuse("write ADDRESS:PORT, for instance udp://239.1.1.1:5004", error);
    g_autofree char *host = g_strndup(text, (gsize)(colon - text));
    gsize length = strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        memmove(host, host + 1, length - 2);
        host[length - 2] = '\0';
    }
    if (*host != '\0' && !is_address(host))
        return refuse("ADDRESS is an IP address, for instance udp://239.1.1.1:5004", error);
    address->host = *host != '\0' ? g_steal_pointer(&host) : g_strdup("0.0.0.0");
    address->port = (guint16)port;
    return TRUE;
}

static gboolean
parse_datagrams(IntakeAddress *address, const char *rest, GError **error)
{
    rest += g_str_has_prefix(rest, "//") ? 2 : 0;
    gsize length = strcspn(rest, "?");
    g_autofree char *all = g_strndup(rest, length);
    char *place = all;
    place[strcspn(place, "/")] = '\0';
    if (rest[length] == '?' && !set_options(address, rest + length + 1, error))
        return FALSE;
    char *at = strchr(place, '@');
    if (at != NULL) {
        *at = '\0';
        if (at > place && !set_sources(address, place, error))
            return FALSE;
        place = at + 1;
    }
    return set_place(address, place, error);
}

static gboolean
parse_file(IntakeAddress *address, const char *rest, GError **error)
{
    if (g_str_has_prefix(rest, "//"))
        address->path = g_filename_from_uri(address->uri, NULL, error);
    else
        address->path = g_strdup(rest);
    if (address->path == NULL)
        return FALSE;
    return *address->path != '\0' ? TRUE : refuse("which file?", error);
}

static gboolean
check_url(const char *text, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    return host != NULL && *host != '\0' ? TRUE : refuse("this URL is not valid", error);
}

static gboolean
parse_satip(IntakeAddress *address, GError **error)
{
    static const char *const form =
        "write satip://HOST/?src=1&freq=11778&pol=v&msys=dvbs2&sr=27500";
    g_autoptr(GUri) uri = g_uri_parse(address->uri, G_URI_FLAGS_ENCODED, NULL);
    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        g_uri_get_query(uri) == NULL || g_uri_get_userinfo(uri) != NULL)
        return refuse(form, error);
    int port = g_uri_get_port(uri);
    address->host = g_strdup(g_uri_get_host(uri));
    address->port = port > 0 ? (guint16)port : RTSP_PORT;
    address->query = g_strdup(g_uri_get_query(uri));
    return TRUE;
}

/* Stars for what stands from @start on up to one of @ends. */
static void
cover(GString *text, gsize start, const char *ends)
{
    gsize length = strcspn(text->str + start, ends);
    g_string_erase(text, (gssize)start, (gssize)length);
    g_string_insert(text, (gssize)start, length > 0 ? "***" : "");
}

char *
intake_address_hide_secrets(const char *text)
{
    static const char name[] = "passphrase=";
    GString *hidden = g_string_new(text);
    const char *found = hidden->str;
    while ((found = strcasestr(found, name)) != NULL) {
        gsize start = (gsize)(found - hidden->str) + strlen(name);
        cover(hidden, start, "&");
        found = hidden->str + start;
    }
    const char *user = strstr(hidden->str, "://");
    gsize host = user != NULL ? strcspn(user + 3, "/?") : 0;
    const char *at = user != NULL ? memrchr(user + 3, '@', host) : NULL;
    const char *colon = at != NULL ? memchr(user + 3, ':', (gsize)(at - user - 3)) : NULL;
    if (colon != NULL) {
        gsize start = (gsize)(colon - hidden->str) + 1;
        g_string_erase(hidden, (gssize)start, at - colon - 1);
        g_string_insert(hidden, (gssize)start, "***");
    }
    return g_string_free(hidden, FALSE);
}

/* Returns: (static) (nullable): what stands behind the scheme. */
static const char *
find_scheme(const char *text, IntakeAddressKind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize length = strlen(schemes[i].scheme);
        if (g_ascii_strncasecmp(text, schemes[i].scheme, length) != 0)
            continue;
        *kind = schemes[i].kind;
        return text + length;
    }
    return NULL;
}

IntakeAddress *
intake_address_parse(const char *text, GError **error)
{
    g_return_val_if_fail(text != NULL, NULL);
    g_autoptr(IntakeAddress) address = g_new0(IntakeAddress, 1);
    address->uri = g_strdup(text);
    address->sources = g_new0(char *, 1);
    const char *rest = find_scheme(text, &address->kind);
    gboolean good = TRUE;
    if (rest == NULL)
        good = strstr(text, "://") == NULL ? parse_file(address, text, error)
                                           : refuse("this kind of address is not known", error);
    else if (address->kind == INTAKE_ADDRESS_FILE)
        good = parse_file(address, rest, error);
    else if (address->kind == INTAKE_ADDRESS_UDP || address->kind == INTAKE_ADDRESS_RTP)
        good = parse_datagrams(address, rest, error);
    else if (address->kind == INTAKE_ADDRESS_SATIP)
        good = parse_satip(address, error);
    else if (address->kind == INTAKE_ADDRESS_DVB)
        address->query = g_strdup(rest);
    else if (address->kind == INTAKE_ADDRESS_HTTP)
        good = check_url(text, error);
    else if (address->kind == INTAKE_ADDRESS_SRT)
        good = (address->srt = intake_srt_address_parse(rest, error)) != NULL;
    return good ? g_steal_pointer(&address) : NULL;
}
