package io.ramet.json;

import io.ramet.error.ApiRefusal;
import io.ramet.error.ErrorCodes;
import io.ramet.error.InvalidValueException;
import io.ramet.error.LostResponse;
import io.ramet.error.LostResponse.Phase;
import io.ramet.model.Deal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Reads responses, by the API's exact field names. Thread-safe. */
public final class ResponseJson {

    private static final Pattern REQUEST_ID = Pattern.compile("\"RequestId\"\\s*:\\s*\"([A-Za-z0-9-]{1,64})\"");

    private final boolean failOnUnknown;

    private ResponseJson(boolean failOnUnknown) {
        this.failOnUnknown = failOnUnknown;
    }

    /** {@return one for production, which ignores unknown fields} */
    public static ResponseJson lenient() {
        return new ResponseJson(false);
    }

    /**
     * For tests.
     *
     * @return one that rejects a response with an unknown field, except in the instances of a listing, of which it
     *     reads only the id and the name
     */
    public static ResponseJson strict() {
        return new ResponseJson(true);
    }

    /**
     * Reads the response of CloneInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the deal
     * @throws ApiRefusal if the response is an error of the API
     * @throws LostResponse if it is no response of the API; keeps the RequestId if one can be read
     */
    public Deal readDeal(int status, byte[] body) {
        CloneResponse response = read(status, body, json -> tokens(json, CloneResponse::read));
        Deal deal = response.deal();
        boolean bought = deal.name().isPresent() || !deal.instanceIds().isEmpty();
        if (response.error() != null && bought) {
            String what = "both the error " + response.error().code() + " and a deal, "
                    + deal.name().orElse("without a name") + " " + deal.instanceIds();
            throw new LostResponse(what, deal.dealId(), deal.dealName(), deal.instanceIds(), deal.requestId());
        }
        refuse(response.error(), response.requestId());
        if (!bought) {
            throw new LostResponse(Phase.ANSWERED, "neither an error nor a deal", response.requestId(), null);
        }
        return deal;
    }

    /**
     * Reads the response of DescribeInstances.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the page
     * @throws ApiRefusal if the response is an error of the API
     * @throws LostResponse if it is no response of the API
     */
    public Listing readListing(int status, byte[] body) {
        ListingResponse response = read(status, body, json -> tokens(json, ListingResponse::read));
        refuse(response.error(), response.requestId());
        if (response.totalCount() == null || response.totalCount() < 0) {
            throw new LostResponse(Phase.ANSWERED, "a listing without TotalCount", response.requestId(), null);
        }
        if (response.instanceSet() == null) {
            throw new LostResponse(Phase.ANSWERED, "a listing without InstanceSet", response.requestId(), null);
        }
        return new Listing(response.totalCount(), response.instanceSet());
    }

    /**
     * Reads the response of DescribeInstanceDealDetail. Other deals in it are ignored.
     *
     * @param deal the deal that was requested
     * @param status the HTTP status
     * @param body the whole body
     * @return the ids of the deal's instances, each once
     * @throws ApiRefusal if the response is an error of the API
     * @throws LostResponse if it is no response of the API
     */
    public List<String> readDealInstances(Deal deal, int status, byte[] body) {
        DealDetailResponse response = read(status, body, json -> tokens(json, DealDetailResponse::read));
        refuse(response.error(), response.requestId());
        return response.dealDetails().stream()
                .filter(detail -> detail.isOf(deal))
                .flatMap(detail -> detail.instanceIds().stream())
                .distinct()
                .toList();
    }

    /**
     * Reads the response of any action of which only a few fields are wanted.
     *
     * @param status the HTTP status
     * @param body the whole body
     * @return the fields of its {@code Response}
     * @throws ApiRefusal if the response is an error of the API
     * @throws LostResponse if it is no response of the API
     */
    public static JsonFields readFields(int status, byte[] body) {
        JsonFields response =
                read(status, body, json -> parse(json).object("Response").orElse(null));
        if (response.has("Error")) {
            refuse(
                    new ApiError(
                            response.text("Error", "Code").orElse(null),
                            response.text("Error", "Message").orElse(null)),
                    response.text("RequestId").orElse(null));
        }
        return response;
    }

    private static JsonFields parse(byte[] json) {
        try {
            return JsonFields.read(json);
        } catch (InvalidValueException e) {
            throw new LostResponse(Phase.ANSWERED, "not one JSON object", requestIdIn(json), null);
        }
    }

    /**
     * Finds the RequestId in a response that may have any form.
     *
     * @param body the part of the body that has arrived
     * @return the RequestId, or null
     */
    public static @Nullable String requestIdIn(byte[] body) {
        Matcher found = REQUEST_ID.matcher(new String(body, StandardCharsets.ISO_8859_1));
        return found.find() ? found.group(1) : null;
    }

    /**
     * The API responds with 200 to every request that it has processed. Any other status comes from a front end, which
     * does not know the outcome.
     */
    private static <T> T read(int status, byte[] body, Function<byte[], @Nullable T> reading) {
        if (status != 200) {
            throw new LostResponse(Phase.ANSWERED, "HTTP status " + status, requestIdIn(body), null);
        }
        try {
            T response = reading.apply(body);
            if (response != null) {
                return response;
            }
            throw new LostResponse(Phase.ANSWERED, "JSON without Response", requestIdIn(body), null);
        } catch (JacksonException e) {
            // Without Jackson's exception, whose message quotes the response; the response may quote the request.
            throw new LostResponse(Phase.ANSWERED, "not the API's JSON", requestIdIn(body), null);
        }
    }

    private <T> @Nullable T tokens(byte[] json, Function<ResponseTokens, T> reading) {
        return ResponseTokens.read(json, failOnUnknown, reading);
    }

    private static void refuse(@Nullable ApiError error, @Nullable String requestId) {
        if (error == null) {
            return;
        }
        if (error.code() == null || error.code().isBlank()) {
            throw new LostResponse(Phase.ANSWERED, "an error without a code", requestId, null);
        }
        throw new ApiRefusal(ErrorCodes.of(error.code()), error.message() == null ? "" : error.message(), requestId);
    }

    record ApiError(@Nullable String code, @Nullable String message) {}

    private record ListingResponse(
            @Nullable ApiError error,
            @Nullable Integer totalCount,
            @Nullable List<Listing.Instance> instanceSet,
            @Nullable String requestId) {

        static ListingResponse read(ResponseTokens json) {
            ApiError error = null;
            Integer totalCount = null;
            List<Listing.Instance> instanceSet = null;
            String requestId = null;
            for (String name = json.firstName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "Error" -> error = json.hasValue(error) ? json.error() : error;
                    case "TotalCount" -> totalCount = json.hasValue(totalCount) ? json.number() : totalCount;
                    case "InstanceSet" ->
                        instanceSet = json.hasValue(instanceSet) ? json.list(() -> instance(json)) : instanceSet;
                    case "RequestId" -> requestId = json.hasValue(requestId) ? json.text() : requestId;
                    default -> json.unknown();
                }
            }
            return new ListingResponse(error, totalCount, instanceSet, requestId);
        }

        private static Listing.Instance instance(ResponseTokens json) {
            String id = null;
            String instanceName = null;
            for (String name = json.firstName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "InstanceId" -> id = json.hasValue(id) ? json.text() : id;
                    case "InstanceName" -> instanceName = json.hasValue(instanceName) ? json.text() : instanceName;
                    default -> json.skip();
                }
            }
            return new Listing.Instance(json.required(id), json.required(instanceName));
        }
    }

    private record DealDetailResponse(
            @Nullable ApiError error,
            List<DealDetail> dealDetails,
            @Nullable String requestId) {

        static DealDetailResponse read(ResponseTokens json) {
            ApiError error = null;
            List<DealDetail> details = null;
            String requestId = null;
            for (String name = json.firstName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "Error" -> error = json.hasValue(error) ? json.error() : error;
                    case "DealDetails" ->
                        details = json.hasValue(details) ? json.list(() -> DealDetail.read(json)) : details;
                    case "RequestId" -> requestId = json.hasValue(requestId) ? json.text() : requestId;
                    default -> json.unknown();
                }
            }
            return new DealDetailResponse(error, details == null ? List.of() : details, requestId);
        }
    }

    private record DealDetail(
            @Nullable String dealId, @Nullable String dealName, List<String> instanceIds) {

        static DealDetail read(ResponseTokens json) {
            String dealId = null;
            String dealName = null;
            List<String> instanceIds = null;
            for (String name = json.firstName(); name != null; name = json.nextName()) {
                switch (name) {
                    case "DealId" -> dealId = json.hasValue(dealId) ? json.text() : dealId;
                    case "DealName" -> dealName = json.hasValue(dealName) ? json.text() : dealName;
                    case "InstanceIds" -> instanceIds = json.hasValue(instanceIds) ? json.texts() : instanceIds;
                    default -> json.skip();
                }
            }
            return new DealDetail(dealId, dealName, instanceIds == null ? List.of() : instanceIds);
        }

        /** Compares both names with both: the DealId of one action may be the DealName of the other. */
        boolean isOf(Deal deal) {
            return Stream.of(dealId, dealName)
                    .anyMatch(name -> name != null && (name.equals(deal.dealName()) || name.equals(deal.dealId())));
        }
    }
}
