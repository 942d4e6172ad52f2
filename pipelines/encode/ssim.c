// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The index of Wang et al. (2004) over windows of 8 × 8 pixels, 4 apart, each weighing the same.
#include "pipelines/encode/ssim.h"

#define WINDOW 8
#define STEP 4
// (0.01 × 255)² and (0.03 × 255)²
#define SMALL_1 6.5025
#define SMALL_2 58.5225

static double
compare_window(const guint8 *a, int a_stride, const guint8 *b, int b_stride)
{
    guint32 sum_a = 0, sum_b = 0, square_a = 0, square_b = 0, product = 0;
    for (int y = 0; y < WINDOW; y++) {
        for (int x = 0; x < WINDOW; x++) {
            guint32 va = a[x], vb = b[x];
            sum_a += va;
            sum_b += vb;
            square_a += va * va;
            square_b += vb * vb;
            product += va * vb;
        }
        a += a_stride;
        b += b_stride;
    }
    double count = WINDOW * WINDOW;
    double mean_a = sum_a / count, mean_b = sum_b / count;
    double spread_a = square_a / count - mean_a * mean_a;
    double spread_b = square_b / count - mean_b * mean_b;
    double both = product / count - mean_a * mean_b;
    return (2 * mean_a * mean_b + SMALL_1) * (2 * both + SMALL_2) /
           ((mean_a * mean_a + mean_b * mean_b + SMALL_1) * (spread_a + spread_b + SMALL_2));
}

double
encode_ssim_compare(EncodeSsimPlane a, EncodeSsimPlane b, guint width, guint height)
{
    double sum = 0;
    guint64 count = 0;
    for (guint y = 0; y + WINDOW <= height; y += STEP) {
        const guint8 *row_a = a.data + (gsize)y * (gsize)a.stride;
        const guint8 *row_b = b.data + (gsize)y * (gsize)b.stride;
        for (guint x = 0; x + WINDOW <= width; x += STEP, count++)
            sum += compare_window(row_a + x, a.stride, row_b + x, b.stride);
    }
    return count > 0 ? sum / (double)count : 1.0;
}
