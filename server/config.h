// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The configuration: one key file read and checked once, then passed down as an immutable struct.
// Every key has a default, so that no file at all is a valid configuration.
#pragma once

#include <glib.h>

/** Who may read /metrics. */
typedef enum {
    SERVER_CONFIG_METRICS_LOOPBACK,       // this machine, and administrators' tokens
    SERVER_CONFIG_METRICS_ADMINISTRATORS, // their tokens alone
    SERVER_CONFIG_METRICS_EVERYBODY,
} ServerConfigMetrics;

typedef struct {
    char *listen_address;        // (owned), an IPv4 or IPv6 literal
    guint16 listen_port;         // 0 takes any free port
    char *secure_address;        // (owned) (nullable): HTTPS beside HTTP; NULL: chosen by the app
    guint16 secure_port;         // 0 takes any free port
    gboolean secure_off;         // no HTTPS beside HTTP
    char *public_url;            // (owned) (nullable), without a slash at the end
    char *tls_certificate;       // (owned) (nullable), path
    char *tls_key;               // (owned) (nullable), path
    guint delivery_threads;      // 1..64
    gboolean trust_forwarded;    // take the client's address and scheme from a proxy on loopback
    ServerConfigMetrics metrics; // who may read the figures for Prometheus
    char *data_folder;           // (owned), path
    gint64 free_floor_bytes;     // uploads are refused when less would stay free
    gint64 upload_limit_bytes;   // one upload
    gint64 user_limit_bytes;     // all unfinished uploads and originals of one account
    guint upload_days;           // life of an unfinished upload
    guint expired_days;          // lessons are kept this long after their last day; 0 keeps them
    guint original_days;         // originals of published lessons are kept this long; 0 keeps them
    gboolean sandbox_required;   // FALSE: decode foreign files even without bubblewrap
    guint encoder_children;      // child processes at once
    gint64 encoder_memory_bytes; // a child's ceiling; 0: none
    guint encoder_silence_s;     // a child that says nothing this long is killed
    gboolean clean_sound;        // noise may be taken out of speech
    gboolean richer_recordings;  // slides and AV1 rungs follow a recording
    char *captions_command;      // (owned) (nullable), the recogniser: words, quoted as for a shell
    guint captions_minutes;      // it is killed when it takes longer
    gboolean captions_network;   // it may talk to the network
    char *class_address; // (owned) (nullable): where live classes call by SRT (UDP); NULL: off
    guint16 class_port;  // beside class_address
    char *site_title;    // (owned)
    char *site_zone;     // (owned), IANA name
} ServerConfig;

/** Returns: (transfer full): the configuration when there is no file. */
ServerConfig *server_config_new_default(void);

/**
 * server_config_parse:
 * @text: a key file's whole text, at most 64 KiB
 * @name: what to call the file in messages
 *
 * Returns: (transfer full): the configuration, or NULL with a GKeyFileError whose message opens
 * with `name:line:`. Pure. Unknown sections and keys, repeated keys and values out of range are
 * errors.
 */
ServerConfig *server_config_parse(const char *text, gsize length, const char *name, GError **error);

/** Reads @path and parses it; also a GFileError. Blocks: start-up only. */
ServerConfig *server_config_load(const char *path, GError **error);

/** Sets the address and port from `ADDR:PORT` (IPv6 in brackets); FALSE with an error when it is
 * neither. */
gboolean server_config_set_listen(ServerConfig *config, const char *text, GError **error);

void server_config_free(ServerConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerConfig, server_config_free)
