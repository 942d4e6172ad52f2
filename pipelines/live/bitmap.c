// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// libavcodec decodes; a page stands until the next one begins or its time is out, and is made ready
// for a size of picture when it is first seen. The display's size is read here: libavcodec notes
// only the first one of a stream.
#include "pipelines/live/bitmap.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <string.h>

#define HEAD_BYTES 2    // data_identifier, subtitle_stream_id: EN 300 743 §7.1
#define SEGMENT_BYTES 6 // in front of each segment, §7.2
#define SYNC 0x0F       // §7.2
#define DISPLAY_SEGMENT 0x14
#define DISPLAY_BYTES 5
#define PAGE_BYTES_MAX 65535
#define USUAL_WIDTH 720 // without a display definition, §7.2.1
#define USUAL_HEIGHT 576
#define DISPLAY_MAX 4096
#define PIXELS_MAX (1920 * 1088)
#define PAGES_MAX 32
#define STANDS_MAX_MS 60000
#define EARLY_PTS90K 1800 // half a picture

typedef struct {
    gint64 start;             // (value) on the channel's time
    gint64 end;               // (value) its time is out
    AVSubtitle content;       // (owned)
    guint width;              // (value) of the display
    guint height;             // (value) of the display
    LiveOverlay *overlay;     // (owned) (nullable) until it is seen
    LiveOverlayCanvas canvas; // (value) what that is made for
} Page;

struct _LiveBitmap {
    AVCodecContext *context; // (owned)
    AVPacket *packet;        // (owned)
    guint width;             // (value) of the display
    guint height;            // (value) of the display
    GQueue pages;            // (owned) (element-type Page) in order of time
};

static void
free_page(gpointer data)
{
    Page *page = data;
    avsubtitle_free(&page->content);
    g_clear_pointer(&page->overlay, live_overlay_free);
    g_free(page);
}

static gboolean
open_decoder(LiveBitmap *bitmap, guint16 page, guint16 ancillary)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_DVB_SUBTITLE);
    AVCodecContext *context = bitmap->context = avcodec_alloc_context3(codec);
    bitmap->packet = av_packet_alloc();
    if (codec == NULL || context == NULL || bitmap->packet == NULL)
        return FALSE;
    const guint8 pages[] = {(guint8)(page >> 8), (guint8)page, (guint8)(ancillary >> 8),
                            (guint8)ancillary};
    context->extradata = av_mallocz(sizeof pages + AV_INPUT_BUFFER_PADDING_SIZE);
    if (context->extradata == NULL)
        return FALSE;
    memcpy(context->extradata, pages, sizeof pages);
    context->extradata_size = sizeof pages;
    context->pkt_timebase = (AVRational){1, 90000};
    context->max_pixels = PIXELS_MAX;
    // Without it the pages of all languages would count.
    return av_opt_set_int(context->priv_data, "dvb_substream", 0, 0) >= 0 &&
           avcodec_open2(context, codec, NULL) >= 0;
}

LiveBitmap *
live_bitmap_new(guint16 page, guint16 ancillary)
{
    g_autoptr(LiveBitmap) bitmap = g_new0(LiveBitmap, 1);
    g_queue_init(&bitmap->pages);
    bitmap->width = USUAL_WIDTH;
    bitmap->height = USUAL_HEIGHT;
    return open_decoder(bitmap, page, ancillary) ? g_steal_pointer(&bitmap) : NULL;
}

void
live_bitmap_free(LiveBitmap *bitmap)
{
    if (bitmap == NULL)
        return;
    avcodec_free_context(&bitmap->context);
    av_packet_free(&bitmap->packet);
    g_queue_clear_full(&bitmap->pages, free_page);
    g_free(bitmap);
}

static guint
read_word(const guint8 *at)
{
    return (guint)at[0] << 8 | at[1];
}

/* §7.2.1; a window within the display is the decoder's business. */
static void
read_display(LiveBitmap *bitmap, const guint8 *data, gsize bytes)
{
    while (bytes >= SEGMENT_BYTES && data[0] == SYNC) {
        gsize length = read_word(data + 4);
        if (length > bytes - SEGMENT_BYTES)
            return;
        const guint8 *body = data + SEGMENT_BYTES;
        if (data[1] == DISPLAY_SEGMENT && length >= DISPLAY_BYTES) {
            bitmap->width = MIN(read_word(body + 1) + 1, DISPLAY_MAX);
            bitmap->height = MIN(read_word(body + 3) + 1, DISPLAY_MAX);
        }
        data += SEGMENT_BYTES + length;
        bytes -= SEGMENT_BYTES + length;
    }
}

/* A page that was to come later than this one is from before a step of the clock. */
static void
queue_page(LiveBitmap *bitmap, Page *page)
{
    const Page *last = g_queue_peek_tail(&bitmap->pages);
    while (last != NULL && (last->start >= page->start || bitmap->pages.length >= PAGES_MAX)) {
        free_page(g_queue_pop_tail(&bitmap->pages));
        last = g_queue_peek_tail(&bitmap->pages);
    }
    g_queue_push_tail(&bitmap->pages, page);
}

void
live_bitmap_push(LiveBitmap *bitmap, const LivePesUnit *unit, gint64 time)
{
    gsize bytes = unit->bytes - MIN(unit->bytes, HEAD_BYTES);
    AVSubtitle content = {0};
    int whole = 0;
    // Half a page would show letters that are not there.
    if (unit->torn || bytes == 0 || bytes > PAGE_BYTES_MAX || unit->data[0] != 0x20 ||
        unit->data[1] != 0x00 || av_new_packet(bitmap->packet, (int)bytes) < 0)
        return;
    memcpy(bitmap->packet->data, unit->data + HEAD_BYTES, bytes);
    read_display(bitmap, bitmap->packet->data, bytes);
    int code = avcodec_decode_subtitle2(bitmap->context, &content, &whole, bitmap->packet);
    av_packet_unref(bitmap->packet);
    if (code < 0 || !whole) {
        avsubtitle_free(&content);
        return;
    }
    Page *page = g_new0(Page, 1);
    page->start = time;
    page->end = time + (gint64)MIN(content.end_display_time, STANDS_MAX_MS) * 90;
    page->content = content;
    page->width = bitmap->width;
    page->height = bitmap->height;
    queue_page(bitmap, page);
}

/* Returns: (nullable): the last page that began. */
static Page *
find_page(LiveBitmap *bitmap, gint64 time)
{
    for (;;) {
        Page *page = g_queue_peek_head(&bitmap->pages);
        const Page *next = g_queue_peek_nth(&bitmap->pages, 1);
        gboolean over = page != NULL && page->end <= time;
        if (page == NULL || (!over && (next == NULL || next->start > time + EARLY_PTS90K)))
            return page != NULL && page->start <= time + EARLY_PTS90K ? page : NULL;
        free_page(g_queue_pop_head(&bitmap->pages));
    }
}

static gboolean
is_same_canvas(const LiveOverlayCanvas *one, const LiveOverlayCanvas *other)
{
    return one->width == other->width && one->height == other->height &&
           one->matrix == other->matrix;
}

const LiveOverlay *
live_bitmap_find(LiveBitmap *bitmap, gint64 time, const LiveOverlayCanvas *canvas)
{
    Page *page = find_page(bitmap, time);
    if (page == NULL || page->content.num_rects == 0)
        return NULL;
    if (page->overlay != NULL && !is_same_canvas(&page->canvas, canvas))
        g_clear_pointer(&page->overlay, live_overlay_free);
    page->canvas = *canvas;
    if (page->overlay == NULL)
        page->overlay = live_overlay_new(&page->content, page->width, page->height, canvas);
    return page->overlay;
}
