// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The folder <data>/tls: the box's authority and its server certificate. Made as a whole or not at
// all, renewed by one rename. Every file is synced, mode 0600. Called by the `tls` verb and, to
// read and to renew, by the app at its start. All calls block: verbs and start-up only.
#pragma once

#include "server/tls/names.h"

/** Less life than this and a certificate is renewed. */
#define TLS_KEEP_RENEW_DAYS 60

/** What is in the folder. */
typedef struct {
    char *server_path;    // (owned): key, certificate and authority in one PEM file
    GBytes *authority;    // (owned), DER
    char *authority_name; // (owned), as phones show it
    char *fingerprint;    // (owned), SHA-256 of the DER, pairs of capital hex digits and colons
    TlsNames *names;      // (owned), of the server certificate
    gint64 until_ms;      // UTC milliseconds, end of the server certificate
    gint64 authority_until_ms; // UTC milliseconds
} TlsKeep;

void tls_keep_free(TlsKeep *keep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsKeep, tls_keep_free)

/** Returns: (transfer full) (nullable): what @folder holds; NULL with G_IO_ERROR_NOT_FOUND when
 * nothing was made yet, another GIOError when it cannot be read. */
TlsKeep *tls_keep_load(const char *folder, GError **error);

/** How tls_keep_ensure() is wanted. */
typedef struct {
    const char *folder;     // (unowned): `<data>/tls`
    const TlsNames *names;  // (unowned): must be in the certificate
    const TlsNames *wishes; // (unowned): are in it when the authority may sign for them
    gint64 now_ms;          // UTC milliseconds
    guint days;             // 1 to TLS_ISSUE_DAYS_MAX - 1, of a new certificate
    gboolean new_authority; // put the old folder aside and begin anew
} TlsKeepOrder;

typedef enum {
    TLS_KEEP_UNCHANGED,
    TLS_KEEP_RENEWED, // the authority stayed: nobody need trust anything anew
    TLS_KEEP_MADE,
} TlsKeepOutcome;

/**
 * tls_keep_ensure:
 * @outcome: (out)
 *
 * Makes the folder when it is missing; renews the certificate when it has less than
 * TLS_KEEP_RENEW_DAYS (or half of the wanted days) left, or lacks a name. Names of the certificate
 * before stay. A kill at any moment leaves the whole old state or the whole new one. Two at once
 * wait for each other. Returns: (transfer full) (nullable): what is there afterwards; NULL with a
 * GIOError.
 */
TlsKeep *tls_keep_ensure(const TlsKeepOrder *order, TlsKeepOutcome *outcome, GError **error);
