package io.ramet.reactor.observe;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations and their keys, in the form that Micrometer's documentation tools can read. */
public enum CloneObservation implements ObservationDocumentation {
    /** One run of a plan, from its first subscription to the end of its audit. */
    PLAN("ramet.plan") {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {
                LowCardinalityKeys.REGION,
                LowCardinalityKeys.BILLING_MODE,
                LowCardinalityKeys.OUTCOME,
                LowCardinalityKeys.ERROR_CODE
            };
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {HighCardinalityKeys.PLAN_ID, HighCardinalityKeys.GOODS_NUM};
        }
    },
    /** One attempt at a chunk, from the wait for a permit to the response. */
    ATTEMPT("ramet.attempt") {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {
                LowCardinalityKeys.ACTION,
                LowCardinalityKeys.REGION,
                LowCardinalityKeys.BILLING_MODE,
                LowCardinalityKeys.OUTCOME,
                LowCardinalityKeys.ERROR_CODE
            };
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return new KeyName[] {
                HighCardinalityKeys.PLAN_ID,
                HighCardinalityKeys.CHUNK,
                HighCardinalityKeys.ATTEMPT,
                HighCardinalityKeys.DEAL_ID,
                HighCardinalityKeys.REQUEST_ID
            };
        }
    },
    /** One fetch of credentials from their source. */
    REFRESH("ramet.credentials.refresh") {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {LowCardinalityKeys.SOURCE, LowCardinalityKeys.OUTCOME};
        }
    },
    /** One look-up, undo or restore, from its subscription to its end. */
    OPERATION("ramet.operation") {
        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return new KeyName[] {
                LowCardinalityKeys.OPERATION, LowCardinalityKeys.OUTCOME, LowCardinalityKeys.ERROR_CODE
            };
        }
    };

    private final String name;

    CloneObservation(String name) {
        this.name = name;
    }

    @Override
    public String getName() {
        return name;
    }

    /** Keys with few values, suitable as tags of meters. */
    public enum LowCardinalityKeys implements KeyName {
        /** The API's action. */
        ACTION("action"),
        /** The client's region. */
        REGION("region"),
        /** {@code pay-as-you-go} or {@code monthly}. */
        BILLING_MODE("billing.mode"),
        /**
         * For an attempt {@code cloned}, {@code refused}, {@code not-sent} or {@code in-doubt}; for a plan {@code
         * settled}, {@code stopped} or {@code failed}; for a fetch of credentials {@code refreshed} or {@code failed};
         * for an operation {@code completed}, {@code failed} or {@code cancelled}.
         */
        OUTCOME("outcome"),
        /** The name of the method, such as {@code awaitRunning}. */
        OPERATION("operation"),
        /** The source of credentials, such as {@code CVM role}. */
        SOURCE("source"),
        /** The API's error code if it is a known one, else the name of the reason, else {@code none}. */
        ERROR_CODE("error.code");

        private final String key;

        LowCardinalityKeys(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Keys with many values, for traces only. */
    public enum HighCardinalityKeys implements KeyName {
        /** The plan id. */
        PLAN_ID("plan.id"),
        /** The number of requested instances. */
        GOODS_NUM("goods.num"),
        /** The chunk's instance name, including the mark. */
        CHUNK("chunk"),
        /** 1 for the first attempt at the chunk. */
        ATTEMPT("attempt"),
        /** The deal's name or id. */
        DEAL_ID("deal.id"),
        /** The RequestId of the response. */
        REQUEST_ID("request.id");

        private final String key;

        HighCardinalityKeys(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
