"""Small configurations of the backbones of keras-hub: one of each kind of architecture."""

from __future__ import annotations

_SIZES = "num_layers=2, hidden_dim=8, intermediate_dim=16"
_TEXT = f"vocabulary_size=50, num_heads=2, {_SIZES}"
_GROUPED = f"vocabulary_size=50, num_query_heads=4, num_key_value_heads=2, {_SIZES}"
_SHORT = "max_sequence_length=12"
_IMAGE = "image_shape=(64, 64, 3)"
_PYRAMID = (
    "stackwise_num_filters=[64, 64, 64], stackwise_num_blocks=[2, 2, 2],"
    " stackwise_num_strides=[1, 2, 2]"
)
_STEM = "input_conv_filters=[64], input_conv_kernel_sizes=[7]"

BACKBONES = (
    f"BertBackbone({_TEXT}, {_SHORT})",
    f"BertBackbone({_TEXT}, {_SHORT}, num_segments=3, dropout=0.0)",
    f"GPT2Backbone({_TEXT}, {_SHORT})",
    f"AlbertBackbone({_TEXT}, {_SHORT}, embedding_dim=4)",
    f"DistilBertBackbone({_TEXT}, {_SHORT})",
    f"RobertaBackbone({_TEXT}, {_SHORT})",
    f"XLMRobertaBackbone({_TEXT}, {_SHORT})",
    f"DebertaV3Backbone({_TEXT}, {_SHORT}, bucket_size=4)",
    f"FNetBackbone(vocabulary_size=50, {_SIZES}, {_SHORT})",
    f"OPTBackbone({_TEXT}, {_SHORT})",
    f"ElectraBackbone(vocab_size=50, num_heads=2, {_SIZES}, embedding_dim=4, {_SHORT})",
    f"GPTNeoXBackbone({_TEXT}, {_SHORT})",
    f"BartBackbone({_TEXT}, {_SHORT})",
    f"T5Backbone({_TEXT})",
    f"WhisperBackbone({_TEXT}, num_mels=8, max_encoder_sequence_length=6,"
    " max_decoder_sequence_length=6)",
    f"BloomBackbone({_TEXT})",
    f"FalconBackbone(vocabulary_size=50, num_attention_heads=2, {_SIZES})",
    f"LlamaBackbone({_GROUPED})",
    f"MistralBackbone({_GROUPED}, sliding_window=4)",
    f"GemmaBackbone({_GROUPED}, head_dim=4)",
    f"QwenBackbone({_GROUPED})",
    f"Phi3Backbone({_GROUPED})",
    "VGGBackbone(stackwise_num_repeats=[2, 2], stackwise_num_filters=[4, 8])",
    f"VGGBackbone(stackwise_num_repeats=[1, 2, 3], stackwise_num_filters=[4, 4, 8], {_IMAGE})",
    f"ResNetBackbone({_STEM}, {_PYRAMID}, block_type='basic_block')",
    f"ResNetBackbone({_STEM}, {_PYRAMID}, block_type='bottleneck_block', {_IMAGE})",
    f"ResNetBackbone({_STEM}, {_PYRAMID}, block_type='basic_block', use_pre_activation=True)",
    "DenseNetBackbone(stackwise_num_repeats=[2, 3], compression_ratio=0.5, growth_rate=4)",
    f"XceptionBackbone(stackwise_conv_filters=[[4, 4], [8, 8], [8, 16]],"
    f" stackwise_pooling=[True, True, False], {_IMAGE})",
    "EfficientNetBackbone(stackwise_width_coefficients=[1.0] * 2,"
    " stackwise_depth_coefficients=[1.0] * 2, stackwise_kernel_sizes=[3, 5],"
    " stackwise_num_repeats=[1, 2], stackwise_input_filters=[8, 8],"
    " stackwise_output_filters=[8, 16], stackwise_expansion_ratios=[1, 6],"
    " stackwise_strides=[1, 2], stackwise_squeeze_and_excite_ratios=[0.25, 0.25],"
    " stackwise_block_types=['v1', 'v1'], stackwise_force_input_filters=[0, 0],"
    " stackwise_nores_option=[False, False], input_shape=(64, 64, 3))",
    "CSPNetBackbone(stem_filters=8, stem_kernel_size=3, stem_strides=1,"
    " stackwise_depth=[1, 2], stackwise_strides=[2, 2], stackwise_num_filters=[8, 16],"
    f" block_type='dark', {_IMAGE})",
    "MiTBackbone(layerwise_depths=[2, 2], num_layers=2, layerwise_num_heads=[1, 2],"
    " layerwise_sr_ratios=[8, 4], max_drop_path_rate=0.1, layerwise_patch_sizes=[7, 3],"
    f" layerwise_strides=[4, 2], hidden_dims=[8, 16], {_IMAGE})",
    "ViTBackbone(image_shape=(32, 32, 3), patch_size=8, num_layers=2, num_heads=2,"
    " hidden_dim=8, mlp_dim=16)",
    f"DeiTBackbone(image_shape=(32, 32, 3), patch_size=8, num_heads=2, {_SIZES})",
    "DINOV2Backbone(patch_size=8, num_layers=2, hidden_dim=8, num_heads=2, intermediate_dim=16,"
    " image_shape=(32, 32, 3), position_embedding_shape=(32, 32, 3))",
    "ViTDetBackbone(hidden_size=8, num_layers=2, intermediate_dim=16, num_heads=2,"
    " global_attention_layer_indices=[1], image_shape=(32, 32, 3), patch_size=8,"
    " num_output_channels=4, window_size=2)",
    "SwinTransformerBackbone(image_shape=(32, 32, 3), embed_dim=8, depths=[2, 2],"
    " num_heads=[2, 2], window_size=4)",
)
