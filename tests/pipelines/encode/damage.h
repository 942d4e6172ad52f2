// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Seeded damage to a file, for tests that want to see what survives it.
#pragma once

#include <glib.h>

/** One of: some bytes changed, a stretch of noise, a stretch cut out, the end cut off, a number
 * near the front set to an extreme. @bytes: 600 or more. */
void damage_bytes(GRand *random, GByteArray *bytes);
