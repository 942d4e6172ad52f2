// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines of JSON between a child and its parent as a table says: which member of a plain struct has
// which name, in which kinds of line, and what it may hold. Writing and reading walk the same
// table, and what is read counts as hostile. Pure; used by the lines of each kind of child.
#pragma once

#include <json-glib/json-glib.h>

typedef enum {
    CHILD_FIELDS_WORD,   // char *: made of `letters`, 1 to `most` bytes
    CHILD_FIELDS_TAG,    // char *: likewise, or empty
    CHILD_FIELDS_PROSE,  // char *: any text, cut to `most` characters
    CHILD_FIELDS_FLAG,   // gboolean
    CHILD_FIELDS_COUNT,  // gint64 from 0 to `most`
    CHILD_FIELDS_MAYBE,  // gint64 from 0 to `most`, or CHILD_FIELDS_NOTHING, which is null
    CHILD_FIELDS_FIGURE, // double from 0 to `most`, or NAN, which is null
} ChildFieldsType;

#define CHILD_FIELDS_NOTHING G_MININT64
#define CHILD_FIELDS_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

typedef struct {
    const char *name;     // (unowned) in JSON
    ChildFieldsType type; // (value)
    gsize offset;         // (value) of the member
    guint kinds;          // (value) a bit for each kind of line that has it
    const char *letters;  // (unowned) (nullable) words: what they may consist of
    guint64 most;         // (value)
} ChildFieldsRow;

/** Adds to @object what the lines of @kind have of @record. */
void child_fields_write(JsonObject *object, const ChildFieldsRow *rows, gsize count, guint kind,
                        gconstpointer record);

/** Fills @record (whose texts were NULL) from @object. Returns: NULL when all is right, else the
 * name of the first field that is not. */
const char *child_fields_read(JsonObject *object, const ChildFieldsRow *rows, gsize count,
                              guint kind, gpointer record);

/** Frees the texts of @record, whatever its kind. */
void child_fields_clear(const ChildFieldsRow *rows, gsize count, gpointer record);
