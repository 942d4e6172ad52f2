// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Random bearer secrets (sessions, personal tokens, the set-up link): 256 bits, shown once as text,
// kept only as a BLAKE2b hash. Pure. Any thread.
#pragma once

#include <glib.h>

/** Returns: (transfer full): @prefix and 43 URL-safe characters. */
char *catalog_secrets_new(const char *prefix);

/** Returns: (transfer full): lower-case hex, 64 characters; what is stored. */
char *catalog_secrets_hash(const char *secret);

/** Returns: (transfer full): another secret that follows from @secret and @purpose and does not
 * tell anything about it. */
char *catalog_secrets_derive(const char *secret, const char *purpose);

/** Returns: TRUE when both are the same text; takes the same time whatever they are. Nullable. */
gboolean catalog_secrets_equal(const char *a, const char *b);
