// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every text goes through g_markup_printf_escaped(); nothing else writes what a person typed.
#include "server/api/litehtml.h"

#include <string.h>

#include "server/api/html.h"
#include "server/flows/sounds.h"

#define TITLE_CHARACTERS_MAX 120
#define DESCRIPTION_CHARACTERS_MAX 1500
#define BUDDHIST_YEARS 543
#define STILLS_MAX 20

typedef enum {
    WORD_SEARCH,
    WORD_NEXT,
    WORD_NOTHING,
    WORD_MISSING,
    WORD_LIST,
    WORD_FULL,
    WORD_PLAY,
    WORD_OTHER,
    WORD_MINUTES,
    WORD_DATA,
    WORD_PREPARING,
    WORD_SLIDES,
    WORD_PRINT,
    WORD_CAPTIONS,
    WORD_INTERPRETER,
    WORD_SOUND,
    WORD_DESCRIBED,
} Word;

static const char *
say(const ApiLitehtmlPlace *place, Word word)
{
    static const char *const words[][2] = {
        [WORD_SEARCH] = {"ค้นหา", "Search"},
        [WORD_NEXT] = {"หน้าถัดไป", "Next page"},
        [WORD_NOTHING] = {"ไม่พบบทเรียน", "No lessons found."},
        [WORD_MISSING] = {"ไม่มีบทเรียนนี้ หรือยังไม่เปิดให้ชม",
                          "There is no such lesson, or it is not open to you."},
        [WORD_LIST] = {"บทเรียนทั้งหมด", "All lessons"},
        [WORD_FULL] = {"หน้าเว็บเต็ม", "Full site"},
        [WORD_PLAY] = {"เล่นหรือเก็บไว้", "Play or keep"},
        [WORD_OTHER] = {"English", "ภาษาไทย"},
        [WORD_MINUTES] = {"นาที", "min"},
        [WORD_DATA] = {"ใช้ข้อมูล", "uses"},
        [WORD_PREPARING] = {"กำลังเตรียมบทเรียน โปรดกลับมาใหม่ภายหลัง",
                            "This lesson is being prepared. Please come back later."},
        [WORD_SLIDES] = {"สไลด์", "Slides"},
        [WORD_PRINT] = {"สไลด์ทั้งหมดเป็น PDF", "All slides as PDF"},
        [WORD_CAPTIONS] = {"คำบรรยาย", "Captions"},
        [WORD_INTERPRETER] = {"บทเรียนนี้มีล่ามภาษามือ ดูล่ามได้ในทุกแบบที่มีภาพเคลื่อนไหว",
                              "This lesson has a sign-language interpreter, who is to be seen in "
                              "every moving picture."},
        [WORD_SOUND] = {"เสียงอื่น", "Another sound"},
        [WORD_DESCRIBED] = {"เสียงบรรยายภาพ", "Audio description"},
    };
    return words[word][place->language == SERVER_SENTENCES_THAI ? 0 : 1];
}

static const char *
say_rung(const ApiLitehtmlPlace *place, const char *name)
{
    static const struct {
        const char *name;
        const char *thai;
        const char *english;
    } rungs[] = {
        {"voice", "เสียงอย่างเดียว", "Sound only"},
        {"voice-opus", "เสียงอย่างเดียว (Opus)", "Sound only (Opus)"},
        {"slides", "เสียงกับสไลด์", "Sound and slides"},
        {"lite", "ภาพประหยัด เครื่องรุ่นใหม่ (AV1)", "Picture for little data, newer devices (AV1)"},
        {"clear", "ภาพคมชัด เครื่องรุ่นใหม่ (AV1)", "Clear picture, newer devices (AV1)"},
        {"small", "ภาพเล็ก ประหยัดที่สุด", "Small picture, least data"},
        {"medium", "ภาพกลาง", "Medium picture"},
        {"large", "ภาพใหญ่", "Large picture"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++) {
        if (strcmp(rungs[i].name, name) == 0)
            return place->language == SERVER_SENTENCES_THAI ? rungs[i].thai : rungs[i].english;
    }
    return name;
}

static char *
clip(const char *text, glong characters)
{
    if (g_utf8_strlen(text, -1) <= characters)
        return g_strdup(text);
    g_autofree char *start = g_utf8_substring(text, 0, characters);
    return g_strconcat(start, "…", NULL);
}

// `?lang=en` or nothing, for links.
static const char *
get_language_query(const ApiLitehtmlPlace *place)
{
    return place->language == SERVER_SENTENCES_THAI ? "" : "?lang=en";
}

char *
api_litehtml_format_day(const ApiLitehtmlPlace *place, gint64 ms)
{
    static const char *const months[][2] = {
        {"ม.ค.", "Jan"}, {"ก.พ.", "Feb"}, {"มี.ค.", "Mar"}, {"เม.ย.", "Apr"},
        {"พ.ค.", "May"}, {"มิ.ย.", "Jun"}, {"ก.ค.", "Jul"}, {"ส.ค.", "Aug"},
        {"ก.ย.", "Sep"}, {"ต.ค.", "Oct"}, {"พ.ย.", "Nov"}, {"ธ.ค.", "Dec"},
    };
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, place->zone) : NULL;
    if (local == NULL)
        return g_strdup("");
    gboolean thai = place->language == SERVER_SENTENCES_THAI;
    int year = g_date_time_get_year(local) + (thai ? BUDDHIST_YEARS : 0);
    return g_strdup_printf("%d %s %d", g_date_time_get_day_of_month(local),
                           months[g_date_time_get_month(local) - 1][thai ? 0 : 1], year);
}

static void
add_head(GString *html, const ApiLitehtmlPlace *place, const char *title)
{
    gboolean thai = place->language == SERVER_SENTENCES_THAI;
    api_html_add(html,
                 "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                 "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>",
                 thai ? "th" : "en", title);
    g_string_append(html, "<style>body{font:1em/1.6 sans-serif;max-width:40em;margin:0 "
                          "auto;padding:.5em}a{color:#0b4f9e}li{margin:.6em 0}"
                          "input{font-size:1em;padding:.3em}small{color:#444}"
                          "video,audio,img{max-width:100%}</style></head><body>\n");
    api_html_add(html, "<h1><a href=\"/lite/%s\">%s</a></h1>\n", get_language_query(place),
                 place->site_title);
}

static void
add_foot(GString *html, const ApiLitehtmlPlace *place, const char *path)
{
    gboolean thai = place->language == SERVER_SENTENCES_THAI;
    api_html_add(html,
                 "<hr><p><a href=\"%s%s\">%s</a> · <a href=\"/\">%s</a></p>\n</body></html>\n",
                 path, thai ? "?lang=en" : "", say(place, WORD_OTHER), say(place, WORD_FULL));
}

static void
add_search(GString *html, const ApiLitehtmlPlace *place, const char *query)
{
    g_string_append(html, "<form action=\"/lite/\">");
    if (place->language == SERVER_SENTENCES_ENGLISH)
        g_string_append(html, "<input type=\"hidden\" name=\"lang\" value=\"en\">");
    api_html_add(html,
                 "<input name=\"query\" value=\"%s\" aria-label=\"%s\" maxlength=\"100\"> "
                 "<input type=\"submit\" value=\"%s\"></form>\n",
                 query != NULL ? query : "", say(place, WORD_SEARCH), say(place, WORD_SEARCH));
}

// Megabytes are decimal, as data packages are sold; never shown as nothing at all.
static char *
format_megabytes(gint64 bytes)
{
    double megabytes = (double)bytes / 1e6;
    return g_strdup_printf(megabytes < 9.95 ? "%.1f MB" : "%.0f MB", MAX(megabytes, 0.1));
}

static const CatalogRung *
find_smallest(const CatalogLesson *lesson)
{
    const CatalogRung *smallest = NULL;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->file != NULL && !flows_sounds_is_one(rung) &&
            (smallest == NULL || rung->bytes < smallest->bytes))
            smallest = rung;
    }
    return smallest;
}

static void
add_facts(GString *html, const ApiLitehtmlPlace *place, const CatalogLesson *lesson)
{
    g_autofree char *day = api_litehtml_format_day(place, lesson->published_ms);
    gint64 minutes = (lesson->duration_ms + 59999) / 60000;
    api_html_add(html, "<small>%" G_GINT64_FORMAT " %s · %s", minutes, say(place, WORD_MINUTES),
                 day);
    const CatalogRung *smallest = find_smallest(lesson);
    if (smallest != NULL) {
        g_autofree char *size = format_megabytes(smallest->bytes);
        api_html_add(html, " · %s %s", say(place, WORD_DATA), size);
    }
    g_string_append(html, "</small>");
}

static void
add_item(GString *html, const ApiLitehtmlPlace *place, const CatalogLesson *lesson)
{
    g_autofree char *title = clip(lesson->title, TITLE_CHARACTERS_MAX);
    api_html_add(html, "<li><a href=\"/lite/%s%s\">%s</a><br>", lesson->id,
                 get_language_query(place), *title != '\0' ? title : lesson->id);
    add_facts(html, place, lesson);
    g_string_append(html, "</li>\n");
}

static void
add_next(GString *html, const ApiLitehtmlPlace *place, const char *query, const char *cursor)
{
    g_autofree char *safe_query = g_uri_escape_string(query != NULL ? query : "", NULL, FALSE);
    g_autofree char *safe_cursor = g_uri_escape_string(cursor, NULL, FALSE);
    api_html_add(html, "<p><a href=\"/lite/?query=%s&amp;cursor=%s%s\">%s</a></p>\n", safe_query,
                 safe_cursor, place->language == SERVER_SENTENCES_ENGLISH ? "&lang=en" : "",
                 say(place, WORD_NEXT));
}

char *
api_litehtml_render_list(const ApiLitehtmlPlace *place, const CatalogPage *page, const char *query)
{
    GString *html = g_string_new(NULL);
    add_head(html, place, place->site_title);
    add_search(html, place, query);
    if (page->items->len == 0)
        api_html_add(html, "<p>%s</p>\n", say(place, WORD_NOTHING));
    g_string_append(html, "<ul>\n");
    for (guint i = 0; i < page->items->len; i++)
        add_item(html, place, page->items->pdata[i]);
    g_string_append(html, "</ul>\n");
    if (page->next_cursor != NULL)
        add_next(html, place, query, page->next_cursor);
    add_foot(html, place, "/lite/");
    return g_string_free(html, FALSE);
}

static gboolean
is_file(const CatalogRung *rung)
{
    return rung->file != NULL && g_str_has_suffix(rung->file, ".mp4");
}

// What every browser plays: no AV1, no Opus.
static gboolean
is_plain(const CatalogRung *rung)
{
    return is_file(rung) && !flows_sounds_is_one(rung) && strcmp(rung->name, "voice-opus") != 0 &&
           strcmp(rung->name, "lite") != 0 && strcmp(rung->name, "clear") != 0;
}

// The smallest rung with a picture, or the only one there is.
static const CatalogRung *
find_shown(const CatalogLesson *lesson)
{
    const CatalogRung *shown = NULL;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        gboolean better = shown == NULL || (shown->height == 0 && rung->height > 0) ||
                          (rung->height > 0 && rung->bytes < shown->bytes);
        if (is_plain(rung) && better)
            shown = rung;
    }
    return shown;
}

static void
add_player(GString *html, const CatalogLesson *lesson)
{
    const CatalogRung *shown = find_shown(lesson);
    if (shown == NULL)
        return;
    const char *element = shown->height > 0 ? "video" : "audio";
    api_html_add(html, "<p><%s controls preload=\"none\"", element);
    if (shown->height > 0 && lesson->poster_file != NULL)
        api_html_add(html, " poster=\"/lessons/%s/%s\"", lesson->id, lesson->poster_file);
    api_html_add(html, " src=\"/lessons/%s/%s\"></%s></p>\n", lesson->id, shown->file, element);
}

static void
add_sound(GString *html, const ApiLitehtmlPlace *place, const CatalogLesson *lesson,
          const CatalogRung *rung)
{
    gboolean described = strcmp(flows_sounds_get_purpose(rung), "described") == 0;
    g_autofree char *language = flows_sounds_dup_language(rung);
    g_autofree char *size = format_megabytes(rung->bytes);
    api_html_add(html, "<li><a href=\"/lessons/%s/%s\">%s (%s)</a> <small>%s</small></li>\n",
                 lesson->id, rung->file, say(place, described ? WORD_DESCRIBED : WORD_SOUND),
                 language, size);
}

static void
add_files(GString *html, const ApiLitehtmlPlace *place, const CatalogLesson *lesson)
{
    if (find_smallest(lesson) == NULL) {
        api_html_add(html, "<p>%s</p>\n", say(place, WORD_PREPARING));
        return;
    }
    api_html_add(html, "<h3>%s</h3><ul>\n", say(place, WORD_PLAY));
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->file == NULL)
            continue;
        if (flows_sounds_is_one(rung)) {
            add_sound(html, place, lesson, rung);
            continue;
        }
        g_autofree char *size = format_megabytes(rung->bytes);
        if (is_file(rung))
            api_html_add(html, "<li><a href=\"/lessons/%s/%s\">%s</a> <small>%s</small></li>\n",
                         lesson->id, rung->file, say_rung(place, rung->name), size);
        else
            api_html_add(html, "<li><a href=\"#slides\">%s</a> <small>%s</small></li>\n",
                         say_rung(place, rung->name), size);
    }
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        api_html_add(html, "<li><a href=\"/lessons/%s/%s\">%s (%s)</a></li>\n", lesson->id,
                     captions->file, say(place, WORD_CAPTIONS), captions->language);
    }
    g_string_append(html, "</ul>\n");
    if (catalog_area_is_sane(&lesson->interpreter))
        api_html_add(html, "<p>%s</p>\n", say(place, WORD_INTERPRETER));
}

static const CatalogAsset *
find_print(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == CATALOG_ASSET_KIND_SLIDES_PDF)
            return asset;
    }
    return NULL;
}

static void
add_still(GString *html, const CatalogLesson *lesson, const CatalogAsset *still)
{
    gint64 seconds = still->start_ms / 1000;
    api_html_add(html,
                 "<li><a href=\"/lessons/%s/%s\">%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT
                 "</a></li>\n",
                 lesson->id, still->file, seconds / 60, seconds % 60);
}

// A page stays small: beyond so many stills there is the file for printing.
static void
add_slides(GString *html, const ApiLitehtmlPlace *place, const CatalogLesson *lesson)
{
    const CatalogAsset *print = find_print(lesson);
    guint shown = 0;
    for (guint i = 0; i < lesson->assets->len && shown < STILLS_MAX; i++) {
        const CatalogAsset *still = lesson->assets->pdata[i];
        if (still->kind != CATALOG_ASSET_KIND_STILL)
            continue;
        // Links: without script browsers fetch every picture at once, lazy or not.
        if (shown++ == 0)
            api_html_add(html, "<h3 id=\"slides\">%s</h3>\n<ul>\n", say(place, WORD_SLIDES));
        add_still(html, lesson, still);
    }
    if (shown > 0)
        g_string_append(html, "</ul>\n");
    if (print != NULL) {
        g_autofree char *size = format_megabytes(print->bytes);
        api_html_add(html, "<p><a href=\"/lessons/%s/%s\">%s</a> <small>%s</small></p>\n",
                     lesson->id, print->file, say(place, WORD_PRINT), size);
    }
}

char *
api_litehtml_render_lesson(const ApiLitehtmlPlace *place, const CatalogLesson *lesson)
{
    GString *html = g_string_new(NULL);
    g_autofree char *title = clip(lesson->title, TITLE_CHARACTERS_MAX);
    g_autofree char *description = clip(lesson->description, DESCRIPTION_CHARACTERS_MAX);
    g_autofree char *path = g_strconcat("/lite/", lesson->id, NULL);
    add_head(html, place, title);
    api_html_add(html, "<h2>%s</h2>\n<p>", title);
    add_facts(html, place, lesson);
    g_string_append(html, "</p>\n");
    add_player(html, lesson);
    add_files(html, place, lesson);
    api_html_add(html, "<p>%s</p>\n", description);
    add_slides(html, place, lesson);
    api_html_add(html, "<p><a href=\"/lite/%s\">%s</a></p>\n", get_language_query(place),
                 say(place, WORD_LIST));
    add_foot(html, place, path);
    return g_string_free(html, FALSE);
}

char *
api_litehtml_render_missing(const ApiLitehtmlPlace *place)
{
    GString *html = g_string_new(NULL);
    add_head(html, place, place->site_title);
    api_html_add(html, "<p>%s</p>\n<p><a href=\"/lite/%s\">%s</a></p>\n", say(place, WORD_MISSING),
                 get_language_query(place), say(place, WORD_LIST));
    add_foot(html, place, "/lite/");
    return g_string_free(html, FALSE);
}
