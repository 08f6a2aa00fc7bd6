namespace LlmRec.Transformers;

internal sealed partial record KeyTable
{
    /// <summary>What BERT-like checkpoints carry besides the encoder.</summary>
    private static readonly string[] Heads = ["cls.", "lm_head.", "classifier.", "pre_classifier.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "qa_outputs.", "pooler.", ".position_ids", ".token_type_ids"];

    private static readonly KeyTable Bert = new()
    {
        Prefixes = ["", "bert.", "model."],
        Words = ["embeddings.word_embeddings"],
        Positions = "embeddings.position_embeddings",
        TokenTypes = "embeddings.token_type_embeddings",
        EmbeddingNorm = "embeddings.LayerNorm",
        Layer = "encoder.layer.{0}.",
        QueryKeyValue = ["attention.self.query", "attention.self.key", "attention.self.value"],
        AttentionOutput = "attention.output.dense",
        AfterAttention = "attention.output.LayerNorm",
        Up = ["intermediate.dense"],
        Down = "output.dense",
        AfterFeedForward = "output.LayerNorm",
        Ignored = Heads,
    };

    private static readonly KeyTable Roberta = Bert with { Prefixes = ["", "roberta.", "model."] };

    private static readonly KeyTable DistilBert = new()
    {
        Prefixes = ["", "distilbert."],
        Words = ["embeddings.word_embeddings"],
        Positions = "embeddings.position_embeddings",
        EmbeddingNorm = "embeddings.LayerNorm",
        Layer = "transformer.layer.{0}.",
        QueryKeyValue = ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
        AttentionOutput = "attention.out_lin",
        AfterAttention = "sa_layer_norm",
        Up = ["ffn.lin1"],
        Down = "ffn.lin2",
        AfterFeedForward = "output_layer_norm",
        Ignored = Heads,
    };

    private static readonly KeyTable MPNet = new()
    {
        Prefixes = ["", "mpnet."],
        Words = ["embeddings.word_embeddings"],
        Positions = "embeddings.position_embeddings",
        EmbeddingNorm = "embeddings.LayerNorm",
        RelativeBias = "encoder.relative_attention_bias",
        Layer = "encoder.layer.{0}.",
        QueryKeyValue = ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
        AttentionOutput = "attention.attn.o",
        AfterAttention = "attention.LayerNorm",
        Up = ["intermediate.dense"],
        Down = "output.dense",
        AfterFeedForward = "output.LayerNorm",
        Ignored = Heads,
    };

    private static readonly KeyTable ModernBert = new()
    {
        Prefixes = ["", "model."],
        Words = ["embeddings.tok_embeddings"],
        EmbeddingNorm = "embeddings.norm",
        FinalNorm = "final_norm",
        Layer = "layers.{0}.",
        BeforeAttention = "attn_norm",
        LayerWithoutFirstNorm = 0,
        QueryKeyValue = ["attn.Wqkv"],
        AttentionOutput = "attn.Wo",
        BeforeFeedForward = "mlp_norm",
        Up = ["mlp.Wi"],
        Down = "mlp.Wo",
        Ignored = ["head.", "decoder.", "classifier."],
    };

    private static readonly KeyTable T5 = new()
    {
        Prefixes = ["", "model."],
        Words = ["shared", "encoder.embed_tokens"],
        RelativeBias = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
        FinalNorm = "encoder.final_layer_norm",
        Layer = "encoder.block.{0}.",
        BeforeAttention = "layer.0.layer_norm",
        QueryKeyValue = ["layer.0.SelfAttention.q", "layer.0.SelfAttention.k", "layer.0.SelfAttention.v"],
        AttentionOutput = "layer.0.SelfAttention.o",
        BeforeFeedForward = "layer.1.layer_norm",
        Up = ["layer.1.DenseReluDense.wi"],
        Down = "layer.1.DenseReluDense.wo",
        Ignored = ["decoder.", "lm_head.", "encoder.embed_tokens."],
    };

    private static readonly KeyTable GatedT5 = T5 with { Up = ["layer.1.DenseReluDense.wi_0", "layer.1.DenseReluDense.wi_1"] };

    /// <summary>Llama, Mistral and Qwen 2.</summary>
    private static readonly KeyTable Decoder = new()
    {
        Prefixes = ["", "model.", "language_model.model.", "model.language_model."],
        Words = ["embed_tokens"],
        FinalNorm = "norm",
        Layer = "layers.{0}.",
        BeforeAttention = "input_layernorm",
        QueryKeyValue = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
        AttentionOutput = "self_attn.o_proj",
        BeforeFeedForward = "post_attention_layernorm",
        Up = ["mlp.gate_proj", "mlp.up_proj"],
        Down = "mlp.down_proj",
        Ignored = ["lm_head.", "language_model.lm_head.", "score.", "vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector.", ".rotary_emb.inv_freq"],
    };

    private static readonly KeyTable Qwen3 = Decoder with { QueryNorm = "self_attn.q_norm", KeyNorm = "self_attn.k_norm" };

    private static readonly KeyTable Gemma3 = Qwen3 with
    {
        AfterAttention = "post_attention_layernorm",
        BeforeFeedForward = "pre_feedforward_layernorm",
        AfterFeedForward = "post_feedforward_layernorm",
    };

    private static readonly KeyTable Gpt2 = new()
    {
        Prefixes = ["", "transformer."],
        Words = ["wte"],
        Positions = "wpe",
        FinalNorm = "ln_f",
        Layer = "h.{0}.",
        BeforeAttention = "ln_1",
        QueryKeyValue = ["attn.c_attn"],
        AttentionOutput = "attn.c_proj",
        BeforeFeedForward = "ln_2",
        Up = ["mlp.c_fc"],
        Down = "mlp.c_proj",
        InputsFirst = true,
        Ignored = ["lm_head.", "score.", ".attn.bias", ".attn.masked_bias"],
    };

    /// <summary>The table of an architecture.</summary>
    public static KeyTable For(TransformerConfig config) => config.Architecture switch
    {
        Architecture.Bert => Bert,
        Architecture.Roberta => Roberta,
        Architecture.DistilBert => DistilBert,
        Architecture.MPNet => MPNet,
        Architecture.ModernBert => ModernBert,
        Architecture.T5 => config.IsGated ? GatedT5 : T5,
        Architecture.Llama or Architecture.Mistral or Architecture.Qwen2 => Decoder,
        Architecture.Qwen3 => Qwen3,
        Architecture.Gemma3 => Gemma3,
        Architecture.Gpt2 => Gpt2,
        _ => throw new ArgumentException($"there is no architecture {config.Architecture}", nameof(config)),
    };
}
