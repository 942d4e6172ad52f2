// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tidying and limits of typed texts; pure.
#include "server/flows/receive_metadata.h"

#include <string.h>

FlowsReceiveMetadata *
flows_receive_metadata_new(void)
{
    return g_new0(FlowsReceiveMetadata, 1);
}

FlowsReceiveMetadata *
flows_receive_metadata_copy(const FlowsReceiveMetadata *metadata)
{
    FlowsReceiveMetadata *copy = flows_receive_metadata_new();
    copy->filename = g_strdup(metadata->filename);
    copy->title = g_strdup(metadata->title);
    copy->description = g_strdup(metadata->description);
    copy->language = g_strdup(metadata->language);
    return copy;
}

void
flows_receive_metadata_free(FlowsReceiveMetadata *metadata)
{
    if (metadata == NULL)
        return;
    g_free(metadata->filename);
    g_free(metadata->title);
    g_free(metadata->description);
    g_free(metadata->language);
    g_free(metadata);
}

/* Control characters become spaces; @keep_lines lets line feed and tab through. */
static void
blank_controls(char *text, gboolean keep_lines)
{
    for (char *at = text; *at != '\0'; at++) {
        gboolean line = *at == '\n' || *at == '\t';
        if (g_ascii_iscntrl(*at) && !(keep_lines && line))
            *at = ' ';
    }
}

/* TRUE when *@text is NULL or UTF-8; trims it and makes an empty one NULL. */
static gboolean
tidy_text(char **text, gboolean keep_lines)
{
    if (*text == NULL)
        return TRUE;
    if (!g_utf8_validate(*text, -1, NULL))
        return FALSE;
    blank_controls(*text, keep_lines);
    g_strstrip(*text);
    if (**text == '\0')
        g_clear_pointer(text, g_free);
    return TRUE;
}

/* Browsers on Windows and folder uploads send a path; only its last part is a name. */
static void
keep_base_name(char **filename)
{
    if (*filename == NULL)
        return;
    const char *slash = strrchr(*filename, '/');
    const char *backslash = strrchr(*filename, '\\');
    const char *base = slash > backslash ? slash : backslash;
    if (base == NULL)
        return;
    char *name = g_strdup(base + 1);
    g_free(*filename);
    *filename = name;
}

/* The shape of BCP 47 (RFC 5646 §2.1): letters, then subtags of 1 to 8 letters or digits. */
static gboolean
is_language_tag(const char *text)
{
    gsize run = 0;
    gboolean first = TRUE;
    for (const char *at = text;; at++) {
        if (*at == '-' || *at == '\0') {
            if (run == 0 || run > 8 || (first && run < 2))
                return FALSE;
            if (*at == '\0')
                return TRUE;
            first = FALSE;
            run = 0;
        } else if (first ? g_ascii_isalpha(*at) : g_ascii_isalnum(*at)) {
            run++;
        } else {
            return FALSE;
        }
    }
}

char *
flows_receive_metadata_title_from_filename(const char *filename)
{
    char *title = g_strdup(filename);
    char *dot = strrchr(title, '.');
    gsize ending = dot != NULL ? strlen(dot + 1) : 0;
    if (dot != NULL && dot != title && ending >= 1 && ending <= 5)
        *dot = '\0';
    for (char *at = title; *at != '\0'; at++) {
        if (*at == '_')
            *at = ' ';
    }
    g_strstrip(title);
    if (*title == '\0') {
        g_free(title);
        title = g_strdup(filename);
    }
    return title;
}

/* A file name may be longer than a title; the derived title is cut, the file name is kept whole. */
static void
derive_title(FlowsReceiveMetadata *metadata)
{
    if (metadata->title != NULL || metadata->filename == NULL)
        return;
    char *title = flows_receive_metadata_title_from_filename(metadata->filename);
    if (strlen(title) > FLOWS_RECEIVE_METADATA_TITLE_BYTES)
        *g_utf8_find_prev_char(title, title + FLOWS_RECEIVE_METADATA_TITLE_BYTES + 1) = '\0';
    metadata->title = title;
}

static gboolean
is_longer(const char *text, gsize bytes)
{
    return text != NULL && strlen(text) > bytes;
}

FlowsReceiveMetadataVerdict
flows_receive_metadata_check(FlowsReceiveMetadata *metadata)
{
    if (is_longer(metadata->filename, FLOWS_RECEIVE_METADATA_FILENAME_BYTES))
        return FLOWS_RECEIVE_METADATA_FILENAME_TOO_LONG;
    keep_base_name(&metadata->filename);
    if (!tidy_text(&metadata->filename, FALSE) || !tidy_text(&metadata->title, FALSE) ||
        !tidy_text(&metadata->description, TRUE) || !tidy_text(&metadata->language, FALSE))
        return FLOWS_RECEIVE_METADATA_NOT_TEXT;
    if (is_longer(metadata->title, FLOWS_RECEIVE_METADATA_TITLE_BYTES))
        return FLOWS_RECEIVE_METADATA_TITLE_TOO_LONG;
    if (is_longer(metadata->description, FLOWS_RECEIVE_METADATA_DESCRIPTION_BYTES))
        return FLOWS_RECEIVE_METADATA_DESCRIPTION_TOO_LONG;
    if (is_longer(metadata->language, FLOWS_RECEIVE_METADATA_LANGUAGE_BYTES) ||
        (metadata->language != NULL && !is_language_tag(metadata->language)))
        return FLOWS_RECEIVE_METADATA_BAD_LANGUAGE;
    derive_title(metadata);
    return FLOWS_RECEIVE_METADATA_FINE;
}
