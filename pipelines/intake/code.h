// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The words for what is wrong with an address or a stream: what a child tells its parent, and what
// sentences for people are made of (server/intakesentences.h). Pure.
#pragma once

#include <glib.h>

/** @error: (nullable): of INTAKE_ERROR, G_IO_ERROR and its neighbours; NULL: it ended by itself.
 * Returns: (static): a word. */
const char *intake_code_find(const GError *error);
