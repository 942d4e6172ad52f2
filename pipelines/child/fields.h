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
    CHILD_FIELDS_FILE,   // char *: a word that begins with no dot
    CHILD_FIELDS_NAMES,  // char **: words, at most CHILD_FIELDS_NAMES_MAX
    CHILD_FIELDS_PROSE,  // char *: any text, cut to `most` characters
    CHILD_FIELDS_FLAG,   // gboolean
    CHILD_FIELDS_COUNT,  // gint64 from 0 to `most`
    CHILD_FIELDS_MAYBE,  // gint64 from 0 to `most`, or CHILD_FIELDS_NOTHING, which is null
    CHILD_FIELDS_SMALL,  // guint up to `most`
    CHILD_FIELDS_LARGE,  // guint64 up to `most`
    CHILD_FIELDS_REAL,   // double from 0 to `most`
    CHILD_FIELDS_FIGURE, // double from 0 to `most`, or NAN, which is null
} ChildFieldsType;

#define CHILD_FIELDS_NOTHING G_MININT64
#define CHILD_FIELDS_NAMES_MAX 16
#define CHILD_FIELDS_DETAIL_MAX 500                          // characters of prose for the log
#define CHILD_FIELDS_EXACT_MAX (G_GUINT64_CONSTANT(1) << 53) // what every reader of JSON can hold
#define CHILD_FIELDS_LOWER "abcdefghijklmnopqrstuvwxyz"
#define CHILD_FIELDS_UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define CHILD_FIELDS_DIGITS "0123456789"
#define CHILD_FIELDS_LETTERS CHILD_FIELDS_LOWER CHILD_FIELDS_DIGITS "-"
#define CHILD_FIELDS_FILE_LETTERS CHILD_FIELDS_LETTERS "."
#define CHILD_FIELDS_CODEC_LETTERS CHILD_FIELDS_LOWER CHILD_FIELDS_UPPER CHILD_FIELDS_DIGITS ".,"

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

/** Returns: whether a word, tag or file name (nullable) is as @row wants it. */
gboolean child_fields_is_word(const char *text, const ChildFieldsRow *row);

/** Gives @record, which was copied byte by byte, texts of its own. */
void child_fields_detach(const ChildFieldsRow *rows, gsize count, gpointer record);

/** Frees the texts of @record, whatever its kind. */
void child_fields_clear(const ChildFieldsRow *rows, gsize count, gpointer record);
