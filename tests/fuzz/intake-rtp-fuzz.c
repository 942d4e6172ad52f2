// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any datagrams as RTP (a byte of length before each), and any text as an address: never more comes
// out than went in, and an address that is taken has what it needs.
#include <string.h>

#include "pipelines/intake/address.h"
#include "pipelines/intake/rtp.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
count(const guint8 *bytes, gsize length, gpointer data)
{
    gsize *total = data;
    guint8 sum = 0;
    for (gsize i = 0; i < length; i++)
        sum ^= bytes[i];
    *total += length + (sum & 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    gsize total = 0;
    IntakeRtp *rtp = intake_rtp_new(count, &total);
    for (gsize at = 0; at < size;) {
        gsize length = MIN(data[at], size - at - 1);
        g_autofree guint8 *exact = g_memdup2(data + at + 1, length);
        intake_rtp_recognise(exact, length);
        if (length > 0 && (exact[0] & 1) != 0)
            intake_rtp_push_fec(rtp, exact, length);
        else
            intake_rtp_push(rtp, exact, length);
        at += 1 + length;
    }
    intake_rtp_flush(rtp);
    g_assert_cmpuint(total, <=, size);
    intake_rtp_free(rtp);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(IntakeAddress) address = intake_address_parse(text, NULL);
    if (address != NULL && address->kind == INTAKE_ADDRESS_FILE)
        g_assert_true(address->path != NULL && *address->path != '\0');
    if (address != NULL &&
        (address->kind == INTAKE_ADDRESS_UDP || address->kind == INTAKE_ADDRESS_RTP))
        g_assert_true(address->host != NULL && address->port > 0);
    return 0;
}
