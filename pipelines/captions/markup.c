// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A scanner that copies: tags through a stack of open ones, so that they come out balanced; text
// escaped anew, so that nothing in it can be a tag or an arrow.
#include "pipelines/captions/markup.h"

#include <string.h>

#define MAX_DEPTH 8
#define MAX_TAG_BYTES 1024
#define MAX_NOTE_CHARS 100 // written out they are fewer bytes than MAX_TAG_BYTES

typedef struct {
    const char *name; // (static)
    gboolean html;    // (value) also what it means in SubRip
    gboolean note;    // (value) keeps what follows the name: who speaks, which language
} Tag;

static const Tag tags[] = {
    {"i", TRUE, FALSE},   {"b", TRUE, FALSE}, {"u", TRUE, FALSE},    {"ruby", FALSE, FALSE},
    {"rt", FALSE, FALSE}, {"v", FALSE, TRUE}, {"lang", FALSE, TRUE},
};

static const struct {
    const char *name;   // (static)
    gunichar character; // (value)
} entities[] = {
    {"amp;", '&'},    {"lt;", '<'},   {"gt;", '>'},    {"nbsp;", 0xA0}, {"lrm;", 0x200E},
    {"rlm;", 0x200F}, {"quot;", '"'}, {"apos;", '\''}, {"#39;", '\''},
};

typedef struct {
    CaptionsMarkupKind kind;    // (value)
    GString *out;               // (owned)
    const Tag *open[MAX_DEPTH]; // (static)
    guint depth;                // (value)
    gboolean dropped;           // (value)
} Cleaner;

static void
append_character(GString *out, gunichar character)
{
    if (character == '&')
        g_string_append(out, "&amp;");
    else if (character == '<')
        g_string_append(out, "&lt;");
    else if (character == '>')
        g_string_append(out, "&gt;");
    else
        g_string_append_unichar(out, character);
}

/* Returns: bytes of the entity at @at, which is after its &, or 0. */
static gsize
match_entity(const char *at, gunichar *character)
{
    for (guint i = 0; i < G_N_ELEMENTS(entities); i++) {
        if (g_str_has_prefix(at, entities[i].name)) {
            *character = entities[i].character;
            return strlen(entities[i].name);
        }
    }
    return 0;
}

static const Tag *
find_tag(const Cleaner *cleaner, const char *name, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++) {
        gboolean same =
            strlen(tags[i].name) == length && g_ascii_strncasecmp(tags[i].name, name, length) == 0;
        if (same && (tags[i].html || cleaner->kind == CAPTIONS_MARKUP_WEBVTT))
            return &tags[i];
    }
    return NULL;
}

static void
close_tags(Cleaner *cleaner, guint depth)
{
    while (cleaner->depth > depth)
        g_string_append_printf(cleaner->out, "</%s>", cleaner->open[--cleaner->depth]->name);
}

/* Ends @tag and what was opened inside it; an end without a beginning is nothing. */
static void
close_tag(Cleaner *cleaner, const Tag *tag)
{
    for (guint i = cleaner->depth; i-- > 0;) {
        if (cleaner->open[i] == tag) {
            close_tags(cleaner, i);
            return;
        }
    }
    cleaner->dropped = TRUE;
}

/* Who speaks, or the language: entities read, one line, not too long. */
static char *
read_note(const char *note, gsize length)
{
    g_autofree char *raw = g_strndup(note, length);
    GString *out = g_string_new(NULL);
    g_strdelimit(raw, "\n\t", ' ');
    g_strstrip(raw);
    guint count = 0;
    for (const char *at = raw; *at != '\0' && count < MAX_NOTE_CHARS; count++) {
        gunichar character = g_utf8_get_char(at);
        at = g_utf8_next_char(at);
        if (character == '&')
            at += match_entity(at, &character);
        g_string_append_unichar(out, character);
    }
    return g_strstrip(g_string_free(out, FALSE));
}

static void
open_tag(Cleaner *cleaner, const Tag *tag, const char *note, gsize length)
{
    if (cleaner->depth == MAX_DEPTH) {
        cleaner->dropped = TRUE;
        return;
    }
    g_autofree char *kept = read_note(note, tag->note ? length : 0);
    g_string_append_printf(cleaner->out, *kept != '\0' ? "<%s " : "<%s", tag->name);
    for (const char *at = kept; *at != '\0'; at = g_utf8_next_char(at))
        append_character(cleaner->out, g_utf8_get_char(at));
    g_string_append_c(cleaner->out, '>');
    cleaner->open[cleaner->depth++] = tag;
}

/* In SubRip only what looks like an HTML tag is one: "a < b" is text. */
static gboolean
is_html_tag(const char *name, gsize length)
{
    static const char *const known[] = {"i",  "b",    "u",  "s", "font", "span", "em", "strong",
                                        "br", "ruby", "rt", "p", "div",  "c",    "v",  NULL};
    for (guint i = 0; known[i] != NULL; i++) {
        if (strlen(known[i]) == length && g_ascii_strncasecmp(known[i], name, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Returns: bytes that the tag at @at takes, which is at its <, or 0 when it is none. */
static gsize
take_tag(Cleaner *cleaner, const char *at)
{
    gboolean webvtt = cleaner->kind == CAPTIONS_MARKUP_WEBVTT;
    const char *end = memchr(at, '>', strnlen(at, MAX_TAG_BYTES));
    if (end == NULL)
        return 0;
    const char *name = at + 1 + (at[1] == '/');
    gsize length = strcspn(name, ". \t\n>/");
    if (!webvtt && !is_html_tag(name, length))
        return 0;
    if (!webvtt && length == 2 && g_ascii_strncasecmp(name, "br", 2) == 0) {
        g_string_append_c(cleaner->out, '\n');
        return (gsize)(end - at) + 1;
    }
    const Tag *tag = find_tag(cleaner, name, length);
    const char *note = name + length + strcspn(name + length, " \t\n>");
    if (tag == NULL)
        cleaner->dropped = TRUE;
    else if (at[1] == '/')
        close_tag(cleaner, tag);
    else
        open_tag(cleaner, tag, note, (gsize)(end - note));
    return (gsize)(end - at) + 1;
}

/* {\an8} and the like, which SubRip files take from ASS. */
static gsize
take_override(Cleaner *cleaner, const char *at)
{
    if (cleaner->kind != CAPTIONS_MARKUP_HTML || at[1] != '\\')
        return 0;
    const char *end = memchr(at, '}', strnlen(at, MAX_TAG_BYTES));
    if (end == NULL)
        return 0;
    cleaner->dropped = TRUE;
    return (gsize)(end - at) + 1;
}

static gsize
take_special(Cleaner *cleaner, const char *at)
{
    gunichar character = 0;
    gsize bytes = 0;
    if (cleaner->kind == CAPTIONS_MARKUP_PLAIN)
        return 0;
    if (*at == '<')
        return take_tag(cleaner, at);
    if (*at == '{')
        return take_override(cleaner, at);
    if (*at == '&' && (bytes = match_entity(at + 1, &character)) > 0) {
        append_character(cleaner->out, character);
        return bytes + 1;
    }
    return 0;
}

/* Without blanks at the ends of lines and without blank lines. */
static char *
drop_blank_lines(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_strstrip(lines[i]);
        if (*lines[i] == '\0')
            continue;
        if (out->len > 0)
            g_string_append_c(out, '\n');
        g_string_append(out, lines[i]);
    }
    return g_string_free(out, FALSE);
}

char *
captions_markup_clean(const char *text, CaptionsMarkupKind kind, gboolean *dropped)
{
    Cleaner cleaner = {.kind = kind, .out = g_string_sized_new(strlen(text) + 16)};
    for (const char *at = text; *at != '\0';) {
        gsize taken = take_special(&cleaner, at);
        if (taken == 0) {
            append_character(cleaner.out, g_utf8_get_char(at));
            taken = (gsize)(g_utf8_next_char(at) - at);
        }
        at += taken;
    }
    close_tags(&cleaner, 0);
    if (dropped != NULL)
        *dropped = cleaner.dropped;
    g_autofree char *tagged = g_string_free(cleaner.out, FALSE);
    g_autofree char *clean = drop_blank_lines(tagged);
    g_autofree char *plain = captions_markup_to_plain(clean);
    return *g_strstrip(plain) == '\0' ? g_strdup("") : g_steal_pointer(&clean);
}

char *
captions_markup_to_plain(const char *cue_text)
{
    GString *out = g_string_new(NULL);
    for (const char *at = cue_text; *at != '\0';) {
        gunichar character = 0;
        const char *end = *at == '<' ? strchr(at, '>') : NULL;
        gsize entity = *at == '&' ? match_entity(at + 1, &character) : 0;
        if (end != NULL) {
            at = end + 1;
        } else if (entity > 0) {
            g_string_append_unichar(out, character);
            at += entity + 1;
        } else {
            g_string_append_unichar(out, g_utf8_get_char(at));
            at = g_utf8_next_char(at);
        }
    }
    return g_string_free(out, FALSE);
}
