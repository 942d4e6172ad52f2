// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How loud a rung file is from moment to moment, for tests that know what should be heard.
#pragma once

#include <glib.h>

/** Returns: (transfer full) (element-type float): as keep_envelope_read() gives it. */
GArray *keep_heard_read(const char *folder, const char *file);
