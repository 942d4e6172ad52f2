// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One to/from table for every enum of the catalogue, and the copying of optional text fields.
#pragma once

#include <glib.h>

/** Returns: the place of @text (nullable) in the NULL-terminated @names, −1 when it is not there.
 */
int catalog_texts_find(const char *const *names, const char *text);

/** Returns: (transfer full): the strings of a JSON array; empty when @json is none. Never NULL. */
char **catalog_texts_parse_list(const char *json);

/** Returns: (transfer full): @texts (NULL-terminated) as a JSON array. */
char *catalog_texts_write_list(char **texts);

/** Returns: (transfer full): a JSON object of NULL-terminated name, text pairs; NULL text is null.
 */
char *catalog_texts_write_object(const char *name, ...) G_GNUC_NULL_TERMINATED;
