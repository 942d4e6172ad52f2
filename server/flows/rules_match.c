// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A blank in a rule stands between things that all must be there, in whatever order; a minus before
// a keyword says that it must not.
#include "server/flows/rules_match.h"

#include <string.h>

#define WORDS_MAX 64
#define THAI_ZERO 0x0e50
#define THAI_NINE 0x0e59

/* What the end of a word has beside it. */
typedef enum {
    FLOWS_RULES_MATCH_OTHER, // blanks, marks, letters that words are not parted by
    FLOWS_RULES_MATCH_DIGIT,
    FLOWS_RULES_MATCH_LETTER,
} Kind;

struct _FlowsRulesMatch {
    const CatalogRules *rule; // (unowned)
    GPtrArray *title;         // (owned) (element-type utf8): folded
    GPtrArray *wanted;        // (owned) (element-type utf8): folded keywords
    GPtrArray *unwanted;      // (owned) (element-type utf8): folded keywords
};

/* Returns: (transfer full). */
static char *
fold(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *normal = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
    g_autofree char *small = g_utf8_casefold(normal != NULL ? normal : valid, -1);
    GString *folded = g_string_sized_new(strlen(small));
    for (const char *at = small; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);
        if (letter >= THAI_ZERO && letter <= THAI_NINE)
            letter = '0' + (letter - THAI_ZERO);
        g_string_append_unichar(folded, g_unichar_isspace(letter) ? ' ' : letter);
    }
    return g_string_free(folded, FALSE);
}

void
flows_rules_match_clear_texts(FlowsRulesMatchTexts *texts)
{
    g_clear_pointer(&texts->title, g_free);
    g_clear_pointer(&texts->all, g_free);
}

static const char *
get_title(FlowsRulesMatchTexts *texts)
{
    if (texts->title == NULL)
        texts->title = fold(texts->event->title);
    return texts->title;
}

static const char *
get_all(FlowsRulesMatchTexts *texts)
{
    const CatalogGuide *event = texts->event;
    if (texts->all == NULL) {
        g_autofree char *all =
            g_strjoin("\n", event->title, event->summary, event->description, NULL);
        texts->all = fold(all);
    }
    return texts->all;
}

/* Returns: (transfer full) (element-type utf8): what stands between blanks. */
static GPtrArray *
split(const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *folded = fold(text);
    g_auto(GStrv) parts = g_strsplit(folded, " ", -1);
    for (guint i = 0; parts[i] != NULL && words->len < WORDS_MAX; i++)
        if (*parts[i] != '\0')
            g_ptr_array_add(words, g_strdup(parts[i]));
    return words;
}

FlowsRulesMatch *
flows_rules_match_new(const CatalogRules *rule)
{
    FlowsRulesMatch *match = g_new0(FlowsRulesMatch, 1);
    match->rule = rule;
    match->title = split(rule->title);
    match->wanted = split(rule->keywords);
    match->unwanted = g_ptr_array_new_with_free_func(g_free);
    for (guint i = match->wanted->len; i > 0; i--) {
        const char *word = match->wanted->pdata[i - 1];
        if (word[0] != '-' || word[1] == '\0')
            continue;
        g_ptr_array_add(match->unwanted, g_strdup(word + 1));
        g_ptr_array_remove_index(match->wanted, i - 1);
    }
    return match;
}

void
flows_rules_match_free(FlowsRulesMatch *match)
{
    g_ptr_array_unref(match->title);
    g_ptr_array_unref(match->wanted);
    g_ptr_array_unref(match->unwanted);
    g_free(match);
}

const CatalogRules *
flows_rules_match_get_rule(const FlowsRulesMatch *match)
{
    return match->rule;
}

static Kind
judge_letter(gunichar letter)
{
    if (g_unichar_isdigit(letter))
        return FLOWS_RULES_MATCH_DIGIT;
    if (g_unichar_get_script(letter) == G_UNICODE_SCRIPT_THAI || !g_unichar_isalpha(letter))
        return FLOWS_RULES_MATCH_OTHER;
    return FLOWS_RULES_MATCH_LETTER;
}

/* Whether two letters beside each other belong to one word or one number. */
static gboolean
is_joined(gunichar one, gunichar other)
{
    Kind kind = judge_letter(one);
    return kind != FLOWS_RULES_MATCH_OTHER && kind == judge_letter(other);
}

static gboolean
is_whole(const char *text, const char *found, gsize length)
{
    const char *end = found + length;
    const char *last = g_utf8_prev_char(end);
    if (found > text && is_joined(g_utf8_get_char(g_utf8_prev_char(found)), g_utf8_get_char(found)))
        return FALSE;
    return *end == '\0' || !is_joined(g_utf8_get_char(last), g_utf8_get_char(end));
}

static gboolean
has_word(const char *text, const char *word)
{
    gsize length = strlen(word);
    const char *found = strstr(text, word);
    while (found != NULL && !is_whole(text, found, length))
        found = strstr(g_utf8_next_char(found), word);
    return found != NULL;
}

static gboolean
has_all(const char *text, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++)
        if (!has_word(text, words->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean
has_any(const char *text, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++)
        if (has_word(text, words->pdata[i]))
            return TRUE;
    return FALSE;
}

/* The broadcaster knows best what belongs together, where he says it (ETSI TS 102 323 §12). */
static gboolean
is_of_series(const FlowsRulesMatch *match, FlowsRulesMatchTexts *texts)
{
    const char *wanted = match->rule->series_crid, *is = texts->event->series_crid;
    if (wanted == NULL)
        return match->title->len == 0 || has_all(get_title(texts), match->title);
    if (is != NULL)
        return strcmp(is, wanted) == 0;
    return match->title->len > 0 && has_all(get_title(texts), match->title);
}

static gboolean
has_keywords(const FlowsRulesMatch *match, FlowsRulesMatchTexts *texts)
{
    if (match->wanted->len == 0 && match->unwanted->len == 0)
        return TRUE;
    return has_all(get_all(texts), match->wanted) && !has_any(get_all(texts), match->unwanted);
}

gboolean
flows_rules_match_is_in_time(const CatalogRules *rule, gint64 start_ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(start_ms / 1000);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
    if (local == NULL)
        return FALSE;
    gint64 minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    int weekday = g_date_time_get_day_of_week(local) - 1;
    if (rule->from_minute != CATALOG_RULES_NO_MINUTE) {
        gboolean crosses = rule->until_minute < rule->from_minute;
        gboolean before = minute < rule->until_minute;
        gboolean after = minute >= rule->from_minute;
        if (crosses ? !before && !after : !before || !after)
            return FALSE;
        if (crosses && before)
            weekday = (weekday + 6) % 7;
    }
    return ((rule->weekdays >> weekday) & 1) != 0;
}

gboolean
flows_rules_match_test(const FlowsRulesMatch *match, FlowsRulesMatchTexts *texts, GTimeZone *zone)
{
    const CatalogGuide *event = texts->event;
    return event->start_ms != CATALOG_GUIDE_NO_TIME &&
           event->duration_ms != CATALOG_GUIDE_NO_TIME && event->duration_ms > 0 &&
           is_of_series(match, texts) &&
           flows_rules_match_is_in_time(match->rule, event->start_ms, zone) &&
           has_keywords(match, texts);
}
