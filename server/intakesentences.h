// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is wrong with an address or a stream, as a person reads it who has a dish and no shell
// habit: what happened and what to do now. The codes are those of pipelines/intake/code.h and of
// server/flows/intake_mux.c. Pure.
#pragma once

#include "server/sentences.h"

/** Returns: (static) (nullable): the sentence for @code; that of `internal` for one that nobody
 * knows, NULL for NULL. */
const char *server_intakesentences_get(const char *code, ServerSentencesLanguage language);

/** Returns: (static) (nullable): the code of row @index; NULL behind the last. For tests. */
const char *server_intakesentences_get_code(guint index);
