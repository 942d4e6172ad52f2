// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tables. A category counts as a whole, or one of its parts between slashes, commas or semicolons.
#include "server/flows/guidewords.h"

#include <string.h>

#include "pipelines/captions/language.h"

#define AGE_MAX 21
#define PROGRAMME_ID_CHARS 14
#define SERIES_ID_CHARS 10

static const struct {
    const char *genre; // (static)
    const char *words; // (static): between bars, in lower case
} genres[] = {
    {"drama", "|drama|movie|movies|film|series|serial|soap|sitcom|comedy|thriller|"
              "ละคร|ภาพยนตร์|หนัง|ซีรีส์|"},
    {"news", "|news|current affairs|weather|ข่าว|พยากรณ์อากาศ|"},
    {"show", "|show|game show|quiz|variety|talk show|reality|วาไรตี้|เกมโชว์|"},
    {"sports", "|sports|sport|football|กีฬา|ฟุตบอล|"},
    {"children", "|children|children's|kids|youth|cartoon|เด็ก|รายการเด็ก|เยาวชน|การ์ตูน|"},
    {"music", "|music|concert|ดนตรี|เพลง|"},
    {"arts", "|arts|art|culture|religion|ศิลปะ|วัฒนธรรม|ศิลปวัฒนธรรม|ศาสนา|"},
    {"society", "|society|social|politics|economics|สังคม|การเมือง|เศรษฐกิจ|"},
    {"education", "|education|educational|science|documentary|nature|"
                  "การศึกษา|วิทยาศาสตร์|สารคดี|"},
    {"leisure", "|leisure|hobbies|leisure hobbies|travel|cooking|lifestyle|ท่องเที่ยว|อาหาร|"},
    {"special", "|special|รายการพิเศษ|"},
    {"other", "|other|"},
};

char *
flows_guidewords_cut(const char *text, gsize most_bytes)
{
    gsize length = strlen(text);
    const char *end = text + MIN(length, most_bytes);
    while (end > text && ((guint8)*end & 0xC0) == 0x80)
        end--;
    return g_strndup(text, (gsize)(end - text));
}

char *
flows_guidewords_find_language(const char *tag)
{
    g_autofree char *canonical = captions_language_canonicalise(tag);
    if (canonical == NULL)
        return g_strdup("");
    const char *three = captions_language_find_three(canonical);
    gsize length = strcspn(canonical, "-");
    if (three != NULL)
        return g_strdup(three);
    return length == 3 ? g_strndup(canonical, length) : g_strdup("");
}

static const char *
find_word(const char *word)
{
    if (strchr(word, '|') != NULL || *word == '\0')
        return NULL;
    g_autofree char *between = g_strdup_printf("|%s|", word);
    for (guint i = 0; i < G_N_ELEMENTS(genres); i++)
        if (strstr(genres[i].words, between) != NULL)
            return genres[i].genre;
    return NULL;
}

const char *
flows_guidewords_find_genre(const char *category)
{
    g_autofree char *folded = g_utf8_strdown(category, -1);
    g_auto(GStrv) parts = g_strsplit_set(folded, "/,;", 8);
    const char *found = NULL;
    for (guint i = 0; found == NULL && parts[i] != NULL; i++)
        found = find_word(g_strstrip(parts[i]));
    return found;
}

gint64
flows_guidewords_read_age(const char *rating)
{
    gint64 age = -1;
    for (const char *at = rating; *at != '\0' && age <= AGE_MAX; at = g_utf8_next_char(at)) {
        int digit = g_unichar_digit_value(g_utf8_get_char(at));
        if (digit < 0 && age >= 0)
            break;
        if (digit >= 0)
            age = MAX(age, 0) * 10 + digit;
    }
    return age > 0 && age <= AGE_MAX ? age : 0;
}

/* `EP` or `SH`, eight digits of the series, four of the episode. */
static gboolean
is_programme_id(const char *number)
{
    if (strlen(number) != PROGRAMME_ID_CHARS ||
        (!g_str_has_prefix(number, "EP") && !g_str_has_prefix(number, "SH")))
        return FALSE;
    return strspn(number + 2, "0123456789") == PROGRAMME_ID_CHARS - 2;
}

char *
flows_guidewords_find_series(const char *number)
{
    if (g_ascii_strncasecmp(number, "crid://", 7) == 0)
        return g_strdup(number);
    return is_programme_id(number) ? g_strndup(number, SERIES_ID_CHARS) : NULL;
}
