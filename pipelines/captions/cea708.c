// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// triplets → caption channel packets (§5) → service blocks (§6) → codes (§7) → windows → what is to
// be read. A screen to which letters are added is one cue that grows; lines that roll up are told
// once.
#include "pipelines/captions/cea708.h"

#include <string.h>

#include "pipelines/captions/markup.h"
#include "pipelines/captions/windows.h"

#define TRIPLET_BYTES 3
#define VALID 0x04
#define TYPE_MASK 0x03
#define TYPE_DATA 2
#define TYPE_START 3
#define MOST_PACKET_BYTES 128
#define EXTENDED_SERVICE 7
#define LONGEST_OPEN_MS 10000
#define MAX_TEXT_BYTES 8000
#define TIMES_BYTES 32 // of a cue, beside its text, when it is written

// Codes by name, §7.1.
enum {
    C0_BS = 0x08,
    C0_FF = 0x0C,
    C0_CR = 0x0D,
    C0_HCR = 0x0E,
    C0_EXT1 = 0x10,
    C0_P16 = 0x18,
    G0_NOTE = 0x7F,
    C1_CW0 = 0x80,
    C1_CLW = 0x88,
    C1_DSW = 0x89,
    C1_HDW = 0x8A,
    C1_TGW = 0x8B,
    C1_DLW = 0x8C,
    C1_RST = 0x8F,
    C1_SPL = 0x92,
    C1_DF0 = 0x98,
};

typedef struct {
    CaptionsWindows *windows; // (owned) (nullable) NULL: nothing came yet
    CaptionsCues *cues;       // (owned) (nullable)
    char *screen;             // (owned) all that was shown last
    gsize told;               // (value) bytes of it that the cue before had
    gsize bytes;              // (value) of the file it will be
    gboolean open;            // (value) the last cue has no end yet
} Service;

struct _CaptionsCea708 {
    guint8 packet[MOST_PACKET_BYTES];           // (value)
    guint length;                               // (value) of it; 0: none has begun
    Service services[CAPTIONS_CEA708_SERVICES]; // (owned)
};

CaptionsCea708 *
captions_cea708_new(void)
{
    return g_new0(CaptionsCea708, 1);
}

void
captions_cea708_free(CaptionsCea708 *captions)
{
    for (guint i = 0; i < CAPTIONS_CEA708_SERVICES; i++) {
        g_clear_pointer(&captions->services[i].windows, captions_windows_free);
        g_clear_pointer(&captions->services[i].cues, captions_cues_free);
        g_free(captions->services[i].screen);
    }
    g_free(captions);
}

static void
end_open(Service *service, gint64 end_ms)
{
    GPtrArray *cues = service->cues->cues;
    if (service->open && cues->len > 0) {
        CaptionsCuesCue *last = cues->pdata[cues->len - 1];
        last->end_ms = CLAMP(end_ms, last->start_ms + 1, last->start_ms + LONGEST_OPEN_MS);
    }
    service->open = FALSE;
}

/* Returns: (transfer full): @screen as WebVTT cue text. */
static char *
convert(const char *screen)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *at = screen; *at != '\0'; at++) {
        if (*at == '&')
            g_string_append(text, "&amp;");
        else if (*at == '<')
            g_string_append(text, "&lt;");
        else if (*at == '>')
            g_string_append(text, "&gt;");
        else
            g_string_append_c(text, *at);
    }
    return captions_markup_clean(text->str, CAPTIONS_MARKUP_WEBVTT, NULL);
}

static gboolean
fits(const Service *service, gint64 start_ms, const char *text)
{
    gsize length = strlen(text);
    return length > 0 && length <= MAX_TEXT_BYTES && start_ms >= 0 &&
           start_ms < CAPTIONS_CUES_MAX_MS && service->cues->cues->len < CAPTIONS_CUES_MAX &&
           service->bytes + length + TIMES_BYTES < CAPTIONS_CUES_MAX_FILE_BYTES - TIMES_BYTES &&
           g_utf8_strlen(text, -1) <= CAPTIONS_CUES_MAX_TEXT_CHARS;
}

/* Bytes at the top of @screen that stood at the bottom of the one before. */
static gsize
count_rolled(const char *before, const char *screen)
{
    for (const char *tail = before; tail != NULL; tail = strchr(tail, '\n')) {
        tail += *tail == '\n';
        gsize length = strlen(tail);
        if (length > 0 && strncmp(screen, tail, length) == 0 &&
            (screen[length] == '\n' || screen[length] == '\0'))
            return length;
    }
    return 0;
}

static void
tell(Service *service, const char *screen, gboolean grows, gint64 pts_ms)
{
    GPtrArray *cues = service->cues->cues;
    g_autofree char *text = convert(screen + service->told);
    if (grows && service->open && fits(service, pts_ms, text)) {
        CaptionsCuesCue *last = cues->pdata[cues->len - 1];
        service->bytes += strlen(text) - strlen(last->text);
        g_free(last->text);
        last->text = g_steal_pointer(&text);
        return;
    }
    end_open(service, pts_ms);
    if (!fits(service, pts_ms, text))
        return;
    captions_cues_add(service->cues, pts_ms, pts_ms + 1, text);
    service->bytes += strlen(text) + TIMES_BYTES;
    service->open = TRUE;
}

/* Holds what is shown now against what was. */
static void
look(Service *service, gint64 pts_us)
{
    g_autofree char *screen = captions_windows_get_text(service->windows);
    gboolean rolled = captions_windows_take_rolled(service->windows);
    if (strcmp(screen, service->screen) == 0)
        return;
    gboolean grows = *service->screen != '\0' && g_str_has_prefix(screen, service->screen);
    if (!grows)
        service->told = rolled ? count_rolled(service->screen, screen) : 0;
    tell(service, screen, grows, pts_us / 1000);
    g_free(service->screen);
    service->screen = g_steal_pointer(&screen);
}

/* Latin-1 but for a note; the few of G2 and G3 that are letters or signs (§7.1.8, §7.1.9). */
static gunichar
find_extended(guint8 code)
{
    static const struct {
        guint8 code;
        gunichar letter;
    } table[] = {
        {0x20, ' '},    {0x21, 0xA0},   {0x25, 0x2026}, {0x2A, 0x0160}, {0x2C, 0x0152},
        {0x30, 0x2588}, {0x31, 0x2018}, {0x32, 0x2019}, {0x33, 0x201C}, {0x34, 0x201D},
        {0x35, 0x2022}, {0x39, 0x2122}, {0x3A, 0x0161}, {0x3C, 0x0153}, {0x3D, 0x2120},
        {0x3F, 0x0178}, {0x76, 0x215B}, {0x77, 0x215C}, {0x78, 0x215D}, {0x79, 0x215E},
        {0x7A, 0x2502}, {0x7B, 0x2510}, {0x7C, 0x2514}, {0x7D, 0x2500}, {0x7E, 0x2518},
        {0x7F, 0x250C},
    };
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (table[i].code == code)
            return table[i].letter;
    // A letter of a later edition is shown as an underscore (§7.1.4).
    return '_';
}

static gboolean
is_shown(gunichar letter)
{
    return letter >= ' ' && g_unichar_validate(letter) && !g_unichar_iscntrl(letter);
}

/* How many bytes follow @code (§7.1.3, §7.1.5, §8.10.5). */
static guint
count_parameters(guint8 code)
{
    static const guint8 windows[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0,
                                     2, 3, 2, 0, 0, 0, 0, 4, 6, 6, 6, 6, 6, 6, 6, 6};
    if (code < 0x20)
        return code < 0x10 ? 0 : code < 0x18 ? 1 : 2;
    return code >= 0x80 && code < 0xA0 ? windows[code - 0x80] : 0;
}

/* The codes behind EXT1. Returns: bytes taken of @left. */
static gsize
take_extended(Service *service, const guint8 *at, gsize left)
{
    guint8 code = at[0];
    if (code < 0x20) // C2
        return 1 + (code < 0x08 ? 0u : code < 0x10 ? 1u : code < 0x18 ? 2u : 3u);
    if (code >= 0x80 && code < 0x90) // C3, of a fixed length
        return code < 0x88 ? 5 : 6;
    if (code >= 0x90 && code < 0xA0) // and of one that it tells
        return left > 1 ? 2 + (gsize)(at[1] & 0x3F) : 2;
    captions_windows_put(service->windows, find_extended(code));
    return 1;
}

static void
take_control(Service *service, guint8 code, const guint8 *parameters)
{
    CaptionsWindows *windows = service->windows;
    gunichar letter = code == C0_P16 ? (gunichar)parameters[0] << 8 | parameters[1] : 0;
    if (code == C0_BS)
        captions_windows_go_back(windows);
    else if (code == C0_FF)
        captions_windows_clear_page(windows);
    else if (code == C0_CR)
        captions_windows_end_line(windows);
    else if (code == C0_HCR)
        captions_windows_clear_line(windows);
    else if (code == C0_P16 && is_shown(letter))
        captions_windows_put(windows, letter);
}

static void
take_command(Service *service, guint8 code, const guint8 *parameters)
{
    static const CaptionsWindowsAction actions[] = {
        CAPTIONS_WINDOWS_CLEAR,  CAPTIONS_WINDOWS_DISPLAY, CAPTIONS_WINDOWS_HIDE,
        CAPTIONS_WINDOWS_TOGGLE, CAPTIONS_WINDOWS_DELETE,
    };
    CaptionsWindows *windows = service->windows;
    if (code < C1_CLW)
        captions_windows_select(windows, code - C1_CW0);
    else if (code <= C1_DLW)
        captions_windows_apply(windows, actions[code - C1_CLW], parameters[0]);
    else if (code == C1_RST)
        captions_windows_apply(windows, CAPTIONS_WINDOWS_DELETE, 0xFF);
    else if (code == C1_SPL)
        captions_windows_move(windows, parameters[0] & 15, parameters[1] & 63);
    else if (code >= C1_DF0)
        captions_windows_define(windows, code - C1_DF0, parameters);
}

/* A code that the block cuts off is left out. Returns: bytes taken. */
static gsize
take_code(Service *service, const guint8 *at, gsize left)
{
    guint8 code = at[0];
    guint parameters = count_parameters(code);
    if (code == C0_EXT1)
        return left > 1 ? 1 + take_extended(service, at + 1, left - 1) : left;
    if (parameters >= left)
        return left;
    if (code < 0x20)
        take_control(service, code, at + 1);
    else if (code >= 0x80 && code < 0xA0)
        take_command(service, code, at + 1);
    else
        captions_windows_put(service->windows, code == G0_NOTE ? 0x266A : code);
    return 1 + parameters;
}

static void
take_block(CaptionsCea708 *captions, guint number, const guint8 *block, gsize length, gint64 pts_us)
{
    if (number < 1 || number > CAPTIONS_CEA708_SERVICES)
        return;
    Service *service = &captions->services[number - 1];
    if (service->windows == NULL) {
        service->windows = captions_windows_new();
        service->cues = captions_cues_new();
        service->screen = g_strdup("");
    }
    for (gsize at = 0; at < length;)
        at += take_code(service, block + at, length - at);
    look(service, pts_us);
}

/* A packet that is whole: one service block after another. */
static void
take_packet(CaptionsCea708 *captions, guint length, gint64 pts_us)
{
    const guint8 *packet = captions->packet;
    for (guint at = 1; at < length;) {
        guint number = packet[at] >> 5, size = packet[at] & 31;
        at++;
        if (number == EXTENDED_SERVICE && size > 0 && at < length)
            number = packet[at++] & 63;
        if (number == 0 || at + size > length)
            return;
        take_block(captions, number, packet + at, size, pts_us);
        at += size;
    }
}

static guint
count_packet(guint8 header)
{
    guint code = header & 63;
    return code == 0 ? MOST_PACKET_BYTES : code * 2;
}

void
captions_cea708_take(CaptionsCea708 *captions, const guint8 *triplets, gsize length, gint64 pts_us)
{
    for (gsize at = 0; at + TRIPLET_BYTES <= length; at += TRIPLET_BYTES) {
        guint type = triplets[at] & TYPE_MASK;
        if ((triplets[at] & VALID) == 0 || type < TYPE_DATA)
            continue;
        if (type == TYPE_START)
            captions->length = 0;
        else if (captions->length == 0)
            continue;
        memcpy(captions->packet + captions->length, triplets + at + 1, 2);
        captions->length += 2;
        guint wanted = count_packet(captions->packet[0]);
        if (captions->length < wanted)
            continue;
        take_packet(captions, wanted, pts_us);
        captions->length = 0;
    }
}

CaptionsCues *
captions_cea708_finish(CaptionsCea708 *captions, guint service)
{
    Service *one = &captions->services[service - 1];
    if (one->cues == NULL)
        return captions_cues_new();
    end_open(one, G_MAXINT64 / 2);
    captions_cues_sort(one->cues);
    return g_steal_pointer(&one->cues);
}
