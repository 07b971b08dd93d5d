/**
 * Records each chunk before it is sent, and its outcome ({@link io.ramet.reactor.journal.CloneJournal}). In a database,
 * {@code PlanTable} holds claims, leases and fencing numbers, {@code Fence} is the rule that a write needs a claim, and
 * {@code ChunkTable} holds the states of chunks. {@code MemoryJournal} is the bounded form in memory.
 */
@NullMarked
package io.ramet.reactor.journal;

import org.jspecify.annotations.NullMarked;
