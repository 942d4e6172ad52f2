// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sentences for people: every failure and warning code that a lesson can carry, in Thai and
// English, each one saying what a member of staff can do about it. Called by the edges only; codes
// travel inside.
#pragma once

#include <glib.h>

typedef enum {
    SERVER_SENTENCES_THAI,
    SERVER_SENTENCES_ENGLISH,
} ServerSentencesLanguage;

/** A row of a table of sentences; the first row is for codes that nobody wrote one for. */
typedef struct {
    const char *code;    // static, as in ARCHITECTURE.md
    const char *thai;    // static
    const char *english; // static
} ServerSentencesRow;

/** Returns: (transfer none) (nullable): the sentence of @code in @table of @count rows; NULL for
 * NULL. */
const char *server_sentences_find(const ServerSentencesRow *table, guint count, const char *code,
                                  ServerSentencesLanguage language);

/** Returns: the language of `th`, `en`, `en-GB`…; Thai when @text is NULL or anything else. */
ServerSentencesLanguage server_sentences_parse_language(const char *text);

/** Returns: the better of Thai and English for an Accept-Language header (RFC 9110 §12.5.4); Thai
 * when silent. */
ServerSentencesLanguage server_sentences_choose_language(const char *accept_language);

/**
 * server_sentences_get:
 * @code: (nullable): a code such as `not-media`
 *
 * Returns: (transfer none): its sentence; that of `internal` for a code that is not in the table.
 */
const char *server_sentences_get(const char *code, ServerSentencesLanguage language);

/** Returns: (transfer none): the code of row @index, NULL behind the last. For tests and the
 * document. */
const char *server_sentences_get_code(guint index);
