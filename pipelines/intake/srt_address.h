// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What an `srt:` address asks for: who calls whom, and how what comes is protected. Pure; resolves
// and opens nothing.
#pragma once

#include <glib.h>

#define INTAKE_SRT_ADDRESS_LATENCY_MS 200 // unless said; SRT's own 120 is for short lines
#define INTAKE_SRT_ADDRESS_STREAM_ID_MAX 512

typedef struct {
    gboolean listens; // (value) senders call here; FALSE: we call
    char *host;       // (owned) name or address to call; address to listen on, may be NULL: any
    guint16 port;     // (value)
    char *passphrase; // (owned) (nullable) 10 to 79 bytes
    char *stream_id;  // (owned) (nullable) what is said, or what a caller has to say
    guint latency_ms; // (value)
    guint key_bytes;  // (value) 16, 24, 32, or 0: the library's choice
} IntakeSrtAddress;

/**
 * intake_srt_address_parse:
 * @rest: what stands behind `srt:`, for instance
 * `//192.0.2.7:9000?mode=caller&passphrase=…&streamid=…&latency=200`
 *
 * Without a host, with `//@:9000` or with `mode=listener` it listens. Values may be
 * percent-encoded; options of other programs are passed over. Returns: (transfer full): or NULL
 * with G_IO_ERROR_INVALID_ARGUMENT, whose message never repeats a passphrase.
 */
IntakeSrtAddress *intake_srt_address_parse(const char *rest, GError **error);
void intake_srt_address_free(IntakeSrtAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSrtAddress, intake_srt_address_free)
