// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where a transport stream comes from, as a person types it. Pure; resolves and opens nothing.
#pragma once

#include "pipelines/intake/srt_address.h"

typedef enum {
    INTAKE_ADDRESS_FILE,
    INTAKE_ADDRESS_UDP,
    INTAKE_ADDRESS_RTP,
    INTAKE_ADDRESS_HTTP,
    INTAKE_ADDRESS_SRT,
    INTAKE_ADDRESS_SATIP,
    INTAKE_ADDRESS_DVB,
} IntakeAddressKind;

typedef struct {
    IntakeAddressKind kind; // (value)
    char *uri;              // (owned) as typed; whole for HTTP
    char *path;             // (owned) (nullable) of a file
    char *host;             // (owned) (nullable) group or own address, numeric; UDP and RTP;
                            // name or address of the server; SAT>IP
    guint16 port;           // (value) UDP, RTP and SAT>IP
    char *query;            // (owned) (nullable) what to tune; SAT>IP and DVB
    char **sources;         // (owned) senders to join, numeric; empty: anybody
    char *interface;        // (owned) (nullable) name of the interface to join on
    char *local;            // (owned) (nullable) own address on the interface to join on, numeric
    IntakeSrtAddress *srt;  // (owned) (nullable) SRT
} IntakeAddress;

/**
 * intake_address_parse:
 *
 * Reads `file:PATH` or a bare path; `udp://[SOURCE@]ADDRESS:PORT[?interface=NAME&localaddr=ADDRESS&
 * sources=ADDRESS,…]`, `rtp:` alike, where the two slashes may be left out and VLC's `@ADDRESS`
 * will do; `http:` and `https:`; `satip://HOST[:PORT]/?QUERY` (satip_query.h reads the query);
 * `dvb:QUERY` (dvb_tuning.h); `srt://…` (srt_address.h).
 * Returns: (transfer full): or NULL with G_IO_ERROR_INVALID_ARGUMENT.
 */
IntakeAddress *intake_address_parse(const char *text, GError **error);

/** Returns: (transfer full): @text, of whatever form, for eyes and logs: without passphrase and
 * password. */
char *intake_address_hide_secrets(const char *text);

void intake_address_free(IntakeAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeAddress, intake_address_free)
