// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A table of keys drives the reading; each row says where the value goes and what it may be. The
// file is read by hand, not by GKeyFile, because GKeyFile cannot say on which line a key stood.
#include "server/config.h"

#include <string.h>

#include <gio/gio.h>

#define TEXT_BYTES_MAX (64 * 1024)
#define LINES_MAX 4096
#define GIB ((gint64)1 << 30)
#define TIB ((gint64)1 << 40)

typedef enum {
    KIND_LISTEN,
    KIND_SECURE,
    KIND_SRT,
    KIND_TEXT,
    KIND_URL,
    KIND_ZONE,
    KIND_BOOLEAN,
    KIND_COUNT,
    KIND_BYTES,
    KIND_COMMAND,
    KIND_METRICS,
} Kind;

typedef struct {
    const char *section; // in brackets in the file
    const char *key;     // left of the equals sign
    Kind kind;           // how the value is read
    gsize offset;        // of the field in ServerConfig
    gint64 least;        // for counts and bytes; texts: shortest
    gint64 most;         // for counts and bytes; texts: longest
} Row;

#define FIELD(name) G_STRUCT_OFFSET(ServerConfig, name)

static const Row rows[] = {
    {"server", "listen", KIND_LISTEN, 0, 0, 0},
    {"server", "secure_listen", KIND_SECURE, 0, 0, 0},
    {"server", "public_url", KIND_URL, FIELD(public_url), 0, 0},
    {"server", "tls_certificate", KIND_TEXT, FIELD(tls_certificate), 1, 4096},
    {"server", "tls_key", KIND_TEXT, FIELD(tls_key), 1, 4096},
    {"server", "delivery_threads", KIND_COUNT, FIELD(delivery_threads), 1, 64},
    {"server", "trust_forwarded", KIND_BOOLEAN, FIELD(trust_forwarded), 0, 0},
    {"server", "metrics", KIND_METRICS, FIELD(metrics), 0, 0},
    {"storage", "data", KIND_TEXT, FIELD(data_folder), 1, 4096},
    {"storage", "free_floor_bytes", KIND_BYTES, FIELD(free_floor_bytes), 0, 1024 * TIB},
    {"storage", "upload_limit_bytes", KIND_BYTES, FIELD(upload_limit_bytes), 1, 1024 * TIB},
    {"storage", "user_limit_bytes", KIND_BYTES, FIELD(user_limit_bytes), 1, 1024 * TIB},
    {"storage", "upload_days", KIND_COUNT, FIELD(upload_days), 1, 365},
    {"storage", "expired_days", KIND_COUNT, FIELD(expired_days), 0, 36500},
    {"storage", "original_days", KIND_COUNT, FIELD(original_days), 0, 36500},
    {"encoder", "sandbox", KIND_BOOLEAN, FIELD(sandbox_required), 0, 0},
    {"encoder", "children", KIND_COUNT, FIELD(encoder_children), 1, 64},
    {"encoder", "memory", KIND_BYTES, FIELD(encoder_memory_bytes), 0, TIB},
    {"encoder", "silence_s", KIND_COUNT, FIELD(encoder_silence_s), 10, 86400},
    {"encoder", "clean_sound", KIND_BOOLEAN, FIELD(clean_sound), 0, 0},
    {"encoder", "richer_recordings", KIND_BOOLEAN, FIELD(richer_recordings), 0, 0},
    {"captions", "command", KIND_COMMAND, FIELD(captions_command), 1, 4096},
    {"captions", "minutes", KIND_COUNT, FIELD(captions_minutes), 1, 1440},
    {"captions", "network", KIND_BOOLEAN, FIELD(captions_network), 0, 0},
    {"live", "srt_listen", KIND_SRT, 0, 0, 0},
    {"site", "title", KIND_TEXT, FIELD(site_title), 1, 200},
    {"site", "zone", KIND_ZONE, FIELD(site_zone), 0, 0},
};

ServerConfig *
server_config_new_default(void)
{
    ServerConfig *config = g_new0(ServerConfig, 1);
    config->listen_address = g_strdup("127.0.0.1");
    config->listen_port = 8080;
    config->delivery_threads = CLAMP(g_get_num_processors(), 1, 16);
    config->data_folder = g_strdup("./data");
    config->free_floor_bytes = 2 * GIB;
    config->upload_limit_bytes = 64 * GIB;
    config->user_limit_bytes = 512 * GIB;
    config->upload_days = 7;
    config->original_days = 0;
    config->expired_days = 30;
    config->sandbox_required = TRUE;
    config->encoder_children = 1;
    config->encoder_memory_bytes = 4 * GIB;
    config->encoder_silence_s = 120;
    config->clean_sound = TRUE;
    config->richer_recordings = TRUE;
    config->captions_minutes = 240;
    config->site_title = g_strdup("ดาวเรียน");
    config->site_zone = g_strdup("Asia/Bangkok");
    return config;
}

void
server_config_free(ServerConfig *config)
{
    g_free(config->listen_address);
    g_free(config->secure_address);
    g_free(config->public_url);
    g_free(config->tls_certificate);
    g_free(config->tls_key);
    g_free(config->data_folder);
    g_free(config->captions_command);
    g_free(config->class_address);
    g_free(config->site_title);
    g_free(config->site_zone);
    g_free(config);
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, why);
    return FALSE;
}

static gboolean
set_address(char **field, guint16 *field_port, const char *text, GError **error)
{
    const char *colon = strrchr(text, ':');
    guint64 port = 0;
    if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL))
        return refuse(error, "expected ADDR:PORT, for instance 127.0.0.1:8080 or [::]:8080");
    g_autofree char *address = g_strndup(text, (gsize)(colon - text));
    gsize length = strlen(address);
    gboolean bracketed = length > 2 && address[0] == '[' && address[length - 1] == ']';
    if (bracketed) {
        address[length - 1] = '\0';
        memmove(address, address + 1, length - 1);
    }
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);
    if (parsed == NULL || bracketed != (g_inet_address_get_family(parsed) == G_SOCKET_FAMILY_IPV6))
        return refuse(error, "expected ADDR:PORT with an IPv4 address or an IPv6 one in brackets");
    g_free(*field);
    *field = g_steal_pointer(&address);
    *field_port = (guint16)port;
    return TRUE;
}

gboolean
server_config_set_listen(ServerConfig *config, const char *text, GError **error)
{
    return set_address(&config->listen_address, &config->listen_port, text, error);
}

static gboolean
set_secure(ServerConfig *config, const char *text, GError **error)
{
    config->secure_off = strcmp(text, "no") == 0 || strcmp(text, "false") == 0;
    return config->secure_off ||
           set_address(&config->secure_address, &config->secure_port, text, error);
}

// A number with an optional K, M, G or T (powers of 1024) behind it.
static gboolean
parse_bytes(const char *text, gint64 *out)
{
    static const char units[] = "KMGT";
    g_autofree char *digits = g_strdup(text);
    gsize length = strlen(digits);
    guint shift = 0;
    const char *unit = length > 1 ? strchr(units, digits[length - 1]) : NULL;
    if (unit != NULL && *unit != '\0') {
        shift = 10 * (guint)(unit - units + 1);
        digits[length - 1] = '\0';
    }
    guint64 value = 0;
    if (!g_ascii_string_to_unsigned(digits, 10, 0, (guint64)G_MAXINT64 >> shift, &value, NULL))
        return FALSE;
    *out = (gint64)(value << shift);
    return TRUE;
}

static gboolean
set_text(char **field, const char *text, const Row *row, GError **error)
{
    glong length = g_utf8_strlen(text, -1);
    if (length < row->least || length > row->most)
        return refuse(error, length == 0 ? "the value is empty" : "the value is too long");
    g_free(*field);
    *field = g_strdup(text);
    return TRUE;
}

static gboolean
set_url(char **field, const char *text, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri != NULL ? g_uri_get_scheme(uri) : "";
    gboolean http = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
    if (!http || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        g_uri_get_query(uri) != NULL || g_uri_get_fragment(uri) != NULL ||
        strlen(g_uri_get_path(uri)) > 1)
        return refuse(error, "expected http://host or https://host without a path");
    g_free(*field);
    *field = g_strdup(text);
    if (g_str_has_suffix(*field, "/"))
        (*field)[strlen(*field) - 1] = '\0';
    return TRUE;
}

static gboolean
set_zone(char **field, const char *text, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(text);
    if (zone == NULL)
        return refuse(error, "expected the name of a time zone, for instance Asia/Bangkok");
    g_free(*field);
    *field = g_strdup(text);
    return TRUE;
}

/* An absolute path, so that nothing depends on where the daemon was started. */
static gboolean
set_command(char **field, const char *text, const Row *row, GError **error)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) cause = NULL;
    if (!g_shell_parse_argv(text, NULL, &words, &cause))
        return refuse(error, cause->message);
    if (!g_path_is_absolute(words[0]) || !g_file_test(words[0], G_FILE_TEST_IS_EXECUTABLE))
        return refuse(error, "expected the absolute path of a program, then its arguments");
    return set_text(field, text, row, error);
}

static gboolean
set_boolean(gboolean *field, const char *text, GError **error)
{
    gboolean yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
        return refuse(error, "expected yes or no");
    *field = yes;
    return TRUE;
}

static gboolean
set_metrics(ServerConfigMetrics *field, const char *text, GError **error)
{
    static const char *const words[] = {
        [SERVER_CONFIG_METRICS_LOOPBACK] = "loopback",
        [SERVER_CONFIG_METRICS_ADMINISTRATORS] = "administrators",
        [SERVER_CONFIG_METRICS_EVERYBODY] = "everybody",
    };
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(text, words[i]) != 0)
            continue;
        *field = (ServerConfigMetrics)i;
        return TRUE;
    }
    return refuse(error, "expected loopback, administrators or everybody");
}

/* Senders are told the port, so that none is taken by chance. */
static gboolean
set_srt(ServerConfig *config, const char *text, GError **error)
{
    g_clear_pointer(&config->class_address, g_free);
    if (strcmp(text, "no") == 0 || strcmp(text, "false") == 0)
        return TRUE;
    if (!set_address(&config->class_address, &config->class_port, text, error))
        return FALSE;
    return config->class_port > 0 ? TRUE : refuse(error, "expected a port from 1 to 65535");
}

static gboolean
parse_number(const Row *row, const char *text, gint64 *out, GError **error)
{
    gboolean number = row->kind == KIND_BYTES
                          ? parse_bytes(text, out)
                          : g_ascii_string_to_signed(text, 10, 0, G_MAXUINT32, out, NULL);
    if (number && *out >= row->least && *out <= row->most)
        return TRUE;
    g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                "expected a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "%s",
                row->least, row->most, row->kind == KIND_BYTES ? ", or one with K, M, G or T" : "");
    return FALSE;
}

static gboolean
set_value(ServerConfig *config, const Row *row, const char *text, GError **error)
{
    gint64 number = 0;
    gpointer field = G_STRUCT_MEMBER_P(config, row->offset);
    switch (row->kind) {
    case KIND_LISTEN:
        return server_config_set_listen(config, text, error);
    case KIND_SECURE:
        return set_secure(config, text, error);
    case KIND_SRT:
        return set_srt(config, text, error);
    case KIND_TEXT:
        return set_text(field, text, row, error);
    case KIND_URL:
        return set_url(field, text, error);
    case KIND_ZONE:
        return set_zone(field, text, error);
    case KIND_BOOLEAN:
        return set_boolean(field, text, error);
    case KIND_COUNT:
        if (!parse_number(row, text, &number, error))
            return FALSE;
        *(guint *)field = (guint)number;
        return TRUE;
    case KIND_COMMAND:
        return set_command(field, text, row, error);
    case KIND_METRICS:
        return set_metrics(field, text, error);
    case KIND_BYTES:
        if (!parse_number(row, text, &number, error))
            return FALSE;
        *(gint64 *)field = number;
        return TRUE;
    }
    return FALSE;
}

static const Row *
find_row(const char *section, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].section, section) == 0 && (key == NULL || !strcmp(rows[i].key, key)))
            return &rows[i];
    }
    return NULL;
}

static gboolean
read_section(const char *line, char **section, GError **error)
{
    gsize length = strlen(line);
    if (line[length - 1] != ']')
        return refuse(error, "a section is a name in brackets");
    g_autofree char *name = g_strndup(line + 1, length - 2);
    if (find_row(name, NULL) == NULL) {
        g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND,
                    "there is no section [%s]", name);
        return FALSE;
    }
    g_free(*section);
    *section = g_steal_pointer(&name);
    return TRUE;
}

static gboolean
read_key(ServerConfig *config, GHashTable *seen, const char *section, const char *line,
         GError **error)
{
    const char *equals = strchr(line, '=');
    if (equals == NULL)
        return refuse(error, "expected key = value");
    g_autofree char *key = g_strchomp(g_strndup(line, (gsize)(equals - line)));
    g_autofree char *value = g_strstrip(g_strdup(equals + 1));
    const Row *row = section != NULL ? find_row(section, key) : NULL;
    if (row == NULL) {
        g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
                    "there is no key %s in [%s]", key, section != NULL ? section : "");
        return FALSE;
    }
    if (!g_hash_table_add(seen, (gpointer)row)) {
        g_set_error(error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "%s is given twice", key);
        return FALSE;
    }
    if (set_value(config, row, value, error))
        return TRUE;
    g_prefix_error(error, "%s: ", key);
    return FALSE;
}

static gboolean
read_lines(ServerConfig *config, char **lines, const char *name, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autofree char *section = NULL;
    for (guint i = 0; lines[i] != NULL; i++) {
        char *line = g_strstrip(lines[i]);
        gboolean good = TRUE;
        if (*line == '[')
            good = read_section(line, &section, error);
        else if (*line != '\0' && *line != '#' && *line != ';')
            good = read_key(config, seen, section, line, error);
        if (!good) {
            g_prefix_error(error, "%s:%u: ", name, i + 1);
            return FALSE;
        }
    }
    if ((config->tls_certificate == NULL) == (config->tls_key == NULL))
        return TRUE;
    refuse(error, "[server] tls_certificate and tls_key go together");
    g_prefix_error(error, "%s:1: ", name);
    return FALSE;
}

ServerConfig *
server_config_parse(const char *text, gsize length, const char *name, GError **error)
{
    if (length > TEXT_BYTES_MAX || !g_utf8_validate_len(text, length, NULL)) {
        refuse(error, "not UTF-8 text of at most 64 KiB");
        g_prefix_error(error, "%s:1: ", name);
        return NULL;
    }
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", LINES_MAX);
    g_autoptr(ServerConfig) config = server_config_new_default();
    if (!read_lines(config, lines, name, error))
        return NULL;
    return g_steal_pointer(&config);
}

ServerConfig *
server_config_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    return server_config_parse(text, length, path, error);
}
