#!/usr/bin/env python3
"""Writes a log of about N megabytes to standard output: make.py N. The same N gives the same bytes."""
import random, sys
r = random.Random(7); left = int(sys.argv[1]) << 20; t = 1_770_926_400_000; out = sys.stdout.buffer
L = [("INFO ", "s.c.CheckoutController", "checkout started order={} items={}"), ("INFO ", "s.c.PaymentStep", "payment started order={} provider_ms={} active=6"),
     ("DEBUG", "s.d.Pool", "connection {} returned after {} ms"), ("INFO ", "s.w.Access", "GET /orders/{} -> 200 in {} ms"),
     ("WARN ", "s.d.Pool", "connection {} is slow: {} ms"), ("ERROR", "s.c.CheckoutController", "checkout of order {} failed: timeout after {} ms")]
W = [30, 30, 20, 15, 3, 2]
import time
while left > 0:
    rows = []
    for _ in range(10000):
        t += r.randrange(9)
        level, name, message = r.choices(L, W)[0]
        rows.append(f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(t // 1000))}.{t % 1000:03} {level} [http-{r.randrange(32):02}] {name} - {message.format(r.randrange(99999), r.randrange(3000))}\n")
    data = "".join(rows).encode(); out.write(data); left -= len(data)
