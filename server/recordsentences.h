// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Why a booking became no lesson, and what to do about it: one Thai and one English sentence a
// code. Codes travel inside, sentences are for the edges only.
#pragma once

#include "server/sentences.h"

/** Returns: (static) (nullable): the sentence of @code (nullable); NULL for NULL, and the sentence
 * of `internal` for a code that is not known. */
const char *server_recordsentences_get(const char *code, ServerSentencesLanguage language);

/** Returns: (static) (nullable): the code at @index, NULL past the end. */
const char *server_recordsentences_get_code(guint index);
