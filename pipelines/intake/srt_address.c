// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A table of options. No GUri: people write stream ids like `#!::r=one` as they are.
#include "pipelines/intake/srt_address.h"

#include <gio/gio.h>
#include <string.h>

#define PASSPHRASE_LEAST 10
#define PASSPHRASE_MOST 79
#define LATENCY_LEAST 20
#define LATENCY_MOST 8000

void
intake_srt_address_free(IntakeSrtAddress *address)
{
    g_free(address->host);
    g_free(address->passphrase);
    g_free(address->stream_id);
    g_free(address);
}

static gboolean
refuse(const char *what, GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
    return FALSE;
}

static gboolean
set_mode(IntakeSrtAddress *address, const char *value, GError **error)
{
    address->listens = strcmp(value, "listener") == 0;
    if (address->listens || strcmp(value, "caller") == 0)
        return TRUE;
    return refuse("mode is caller or listener", error);
}

static gboolean
set_passphrase(IntakeSrtAddress *address, const char *value, GError **error)
{
    gsize length = strlen(value);
    if (length == 0) // as other programs have it: none
        return TRUE;
    if (length < PASSPHRASE_LEAST || length > PASSPHRASE_MOST)
        return refuse("a passphrase has 10 to 79 characters", error);
    g_free(address->passphrase); // given twice: the last counts
    address->passphrase = g_strdup(value);
    return TRUE;
}

static gboolean
set_stream_id(IntakeSrtAddress *address, const char *value, GError **error)
{
    if (strlen(value) > INTAKE_SRT_ADDRESS_STREAM_ID_MAX)
        return refuse("a streamid has at most 512 characters", error);
    g_free(address->stream_id);
    address->stream_id = *value != '\0' ? g_strdup(value) : NULL;
    return TRUE;
}

static gboolean
set_latency(IntakeSrtAddress *address, const char *value, GError **error)
{
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, LATENCY_LEAST, LATENCY_MOST, &number, NULL))
        return refuse("latency is in milliseconds, from 20 to 8000", error);
    address->latency_ms = (guint)number;
    return TRUE;
}

static gboolean
set_key_bytes(IntakeSrtAddress *address, const char *value, GError **error)
{
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, 0, 32, &number, NULL) ||
        (number != 0 && number != 16 && number != 24 && number != 32))
        return refuse("pbkeylen is 16, 24 or 32", error);
    address->key_bytes = (guint)number;
    return TRUE;
}

static const struct {
    const char *name;                                                              // as typed
    gboolean (*set)(IntakeSrtAddress *address, const char *value, GError **error); // takes it
} options[] = {
    {"mode", set_mode},       {"passphrase", set_passphrase}, {"streamid", set_stream_id},
    {"latency", set_latency}, {"rcvlatency", set_latency},    {"pbkeylen", set_key_bytes},
};

static gboolean
set_option(IntakeSrtAddress *address, const char *name, const char *text, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        g_autofree char *value = g_uri_unescape_string(text, NULL);
        if (value == NULL || !g_utf8_validate(value, -1, NULL))
            return refuse("a percent sign is written %25", error);
        return options[i].set(address, value, error);
    }
    return TRUE; // pkt_size, transtype and the like mean nothing here
}

static gboolean
set_options(IntakeSrtAddress *address, const char *query, GError **error)
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

/* `host:9000`, `[::1]:9000`, `:9000` or `@:9000`. */
static gboolean
set_place(IntakeSrtAddress *address, char *text, GError **error)
{
    guint64 port = 0;
    char *colon = strrchr(text, ':');
    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return refuse("write srt://HOST:PORT, for instance srt://192.0.2.7:9000", error);
    *colon = '\0';
    text += *text == '@';
    gsize length = strlen(text);
    if (length > 2 && text[0] == '[' && text[length - 1] == ']') {
        text[length - 1] = '\0';
        text++;
    }
    if (*text != '\0' && !g_hostname_is_ip_address(text) &&
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") !=
            strlen(text))
        return refuse("HOST is a name or an IP address", error);
    address->host = *text != '\0' ? g_strdup(text) : NULL;
    address->port = (guint16)port;
    return TRUE;
}

IntakeSrtAddress *
intake_srt_address_parse(const char *rest, GError **error)
{
    g_autoptr(IntakeSrtAddress) address = g_new0(IntakeSrtAddress, 1);
    rest += g_str_has_prefix(rest, "//") ? 2 : 0;
    gsize length = strcspn(rest, "?");
    g_autofree char *place = g_strndup(rest, length);
    place[strcspn(place, "/")] = '\0';
    address->latency_ms = INTAKE_SRT_ADDRESS_LATENCY_MS;
    if (!set_place(address, place, error))
        return NULL;
    address->listens = address->host == NULL;
    if (rest[length] == '?' && !set_options(address, rest + length + 1, error))
        return NULL;
    gboolean good = TRUE;
    if (!address->listens && address->host == NULL)
        good = refuse("mode=caller needs the sender's HOST", error);
    else if (address->listens && address->host != NULL && !g_hostname_is_ip_address(address->host))
        good = refuse("a listener's HOST is an IP address of this machine, or left out", error);
    return good ? g_steal_pointer(&address) : NULL;
}
