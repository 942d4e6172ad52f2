// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// display definition → page composition → region → colours → object → end of the display set.
#include "tests/support/dvbsub.h"

#include "tests/support/psi.h"

#define REGION_ID 1
#define COLOURS_ID 2
#define OBJECT_ID 3
#define COLOUR 12 // of 16; the first one is transparent

static void
put_segment(GByteArray *packet, guint8 type, guint16 page, const GByteArray *body)
{
    psi_put(packet, 1, 0x0F);
    psi_put(packet, 1, type);
    psi_put(packet, 2, page);
    psi_put(packet, 2, body->len);
    g_byte_array_append(packet, body->data, body->len);
}

/* §7.2.1 */
static void
put_display(GByteArray *packet, const DvbsubPage *page)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    if (page->display_width == 0)
        return;
    psi_put(body, 1, (page->version & 15U) << 4 | 7);
    psi_put(body, 2, page->display_width - 1);
    psi_put(body, 2, page->display_height - 1);
    put_segment(packet, 0x14, page->page, body);
}

/* §7.2.2: each page is a new one, whatever was before it. */
static void
put_page(GByteArray *packet, const DvbsubPage *page)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    psi_put(body, 1, page->timeout_s);
    psi_put(body, 1, (page->version & 15U) << 4 | 2 << 2 | 3);
    if (page->lines > 0) {
        psi_put(body, 2, REGION_ID << 8 | 0xFF);
        psi_put(body, 2, page->x - DVBSUB_MARGIN);
        psi_put(body, 2, page->y - DVBSUB_MARGIN);
    }
    put_segment(packet, 0x10, page->page, body);
}

/* §7.2.3: filled with the transparent colour, four bits a dot. */
static void
put_region(GByteArray *packet, const DvbsubPage *page)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    psi_put(body, 1, REGION_ID);
    psi_put(body, 1, (page->version & 15U) << 4 | 1 << 3 | 7);
    psi_put(body, 2, DVBSUB_BAR_WIDTH + 2 * DVBSUB_MARGIN);
    psi_put(body, 2, page->lines + 2 * DVBSUB_MARGIN);
    psi_put(body, 1, 2 << 5 | 2 << 2 | 3);
    psi_put(body, 1, COLOURS_ID);
    psi_put(body, 2, 3);
    psi_put(body, 2, OBJECT_ID);
    psi_put(body, 2, DVBSUB_MARGIN);
    psi_put(body, 2, 0xF000 | DVBSUB_MARGIN);
    put_segment(packet, 0x11, page->page, body);
}

/* §7.2.4 */
static void
put_colours(GByteArray *packet, const DvbsubPage *page)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    const guint8 entry[] = {COLOUR,    0x40 | 0x1E | 1, page->luma,
                            page->red, page->blue,      page->transparency};
    psi_put(body, 1, COLOURS_ID);
    psi_put(body, 1, (page->version & 15U) << 4 | 15);
    g_byte_array_append(body, entry, sizeof entry);
    put_segment(packet, 0x12, page->page, body);
}

/* §7.2.5: both fields alike; a line is two runs of 280 dots. */
static void
put_object(GByteArray *packet, const DvbsubPage *page)
{
    static const guint8 line[] = {0x11, 0x0F, 0xFF, COLOUR << 4, 0xFF, 0xF0 | COLOUR, 0x00, 0xF0};
    g_autoptr(GByteArray) body = g_byte_array_new();
    psi_put(body, 2, OBJECT_ID);
    psi_put(body, 1, (page->version & 15U) << 4 | 1);
    psi_put(body, 2, page->lines / 2 * (guint)sizeof line);
    psi_put(body, 2, 0);
    for (guint i = 0; i < page->lines / 2; i++)
        g_byte_array_append(body, line, sizeof line);
    put_segment(packet, 0x13, page->page, body);
}

GByteArray *
dvbsub_make_packet(const DvbsubPage *page)
{
    GByteArray *packet = g_byte_array_new();
    g_autoptr(GByteArray) nothing = g_byte_array_new();
    psi_put(packet, 2, 0x2000);
    put_display(packet, page);
    put_page(packet, page);
    if (page->lines > 0) {
        put_region(packet, page);
        put_colours(packet, page);
        put_object(packet, page);
    }
    put_segment(packet, 0x80, page->page, nothing);
    psi_put(packet, 1, 0xFF);
    return packet;
}
