// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The HTML of /trust as text, escaped, for any browser. Pure; called by trust.c.
#pragma once

#include "server/sentences.h"

/** What the page says. */
typedef struct {
    const char *site_title;           // (unowned)
    ServerSentencesLanguage language; // of everything
    const char *authority_name;       // (unowned) (nullable): NULL before `daorian tls` was run
    const char *fingerprint;          // (unowned) (nullable): SHA-256
    const char *secure_url;           // (unowned) (nullable): this box over HTTPS
    gboolean is_secure;               // the reader came over HTTPS
} ApiTrusthtmlFacts;

/** Returns: (transfer full): the page. */
char *api_trusthtml_render(const ApiTrusthtmlFacts *facts);
