// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The strict fast parser: a plain GET of a bundle file that everyone may watch is answered at once,
// without libsoup and without a handler. Whatever is not exactly that takes the long way.
#pragma once

#include "server/http/connection.h"

/** Returns: (transfer full) (nullable): the answer, or NULL for the long way. */
HttpAnswer *http_fast_answer(HttpConnection *connection, const HttpHead *head);
