// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a verdict on the health of a multiplex or channel means and what to do about it, in Thai and
// English. Codes travel inside (server/flows/health_judge.h); called by the edges only.
#pragma once

#include "server/flows/health_judge.h"
#include "server/sentences.h"

/** Returns: (transfer none): what the verdict says. */
const char *server_healthsentences_get(const FlowsHealthVerdict *verdict,
                                       ServerSentencesLanguage language);

/** Returns: (transfer none) (nullable): what to do; NULL when there is nothing, or the sentence
 * says it. */
const char *server_healthsentences_get_advice(const FlowsHealthVerdict *verdict,
                                              ServerSentencesLanguage language);

/** Returns: (transfer none): the code of row @index, NULL behind the last. For tests. */
const char *server_healthsentences_get_code(guint index);
